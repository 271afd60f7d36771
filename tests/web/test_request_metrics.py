"""Requests are measured by route: neither ids nor what strangers make up become labels."""

from __future__ import annotations

from uuid import uuid4

from flask import Flask

from tests.factories import an_organization
from tests.support.browsing import Visitor
from tests.support.measured import grown, labels_of, value
from tests.support.platform import Platform

SIGN_IN = {"pool": "sign_in", "route": "/sign-in", "endpoint": "auth.sign_in"}


def test_a_request_is_counted_and_timed(app: Flask, visitor: Visitor) -> None:
    with (
        grown("billing_requests_total", **SIGN_IN, method="GET", status="200") as counted,
        grown("billing_request_seconds_count", **SIGN_IN, outcome="ok") as timed,
    ):
        visitor.get("/sign-in")
    assert (counted.by, timed.by) == (1, 1)


def test_an_answer_of_ours_that_failed_counts_against_the_objective(app: Flask, visitor: Visitor) -> None:
    where = {"pool": "pages", "route": "/tests/fails", "endpoint": "fails"}
    app.view_functions["fails"] = lambda: ("", 503)
    app.url_map.add(app.url_rule_class("/tests/fails", endpoint="fails", methods={"GET"}))
    with grown("billing_request_seconds_count", **where, outcome="failed") as failed:
        visitor.get("/tests/fails")
    assert failed.by == 1


def test_no_label_has_an_id_or_what_someone_made_up(app: Flask) -> None:
    platform, organization = Platform(app), an_organization()
    before = labels_of("billing_requests_total")
    for path in (f"/organizations/{organization.id}/status", f"/organizations/{uuid4()}/holds/made-up-key"):
        platform.get(path)
    client = app.test_client()
    for number in range(3):
        client.get(f"/made-up-{number}")
        client.open(f"/made-up-{number}", method=f"MADEUP{number}")
    found = labels_of("billing_requests_total")
    said = " ".join(value for labels in found for value in labels.values())
    assert str(organization.id) not in said
    assert "made-up" not in said and "MADEUP" not in said
    assert {
        "pool": "platform",
        "route": "/api/v1/organizations/<uuid:org_id>/status",
        "endpoint": "api.show_status",
        "method": "GET",
        "status": "200",
    } in found
    routes = {rule.rule for rule in app.url_map.iter_rules()} | {"none"}
    assert {labels["route"] for labels in found if labels not in before} <= routes


def test_monitoring_does_not_measure_itself(app: Flask, visitor: Visitor) -> None:
    visitor.get("/healthz")
    assert not value("billing_requests_total", pool="health", route="/healthz")
    assert "health" not in {labels["pool"] for labels in labels_of("billing_requests_total")}
