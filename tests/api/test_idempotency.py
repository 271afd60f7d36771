"""A request with an `Idempotency-Key` does what it does once, however often it is sent and no matter what
dies meanwhile."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from msgspec import Struct
from sqlalchemy import func, select, text, update
from werkzeug.test import TestResponse

from app import create_app, signing
from app.api import SECTIONS, idempotency, problems
from app.api.caller import current_caller
from app.api.endpoints import Answer, Body, Reply, Section, blueprint_of
from app.api.problems import ProblemError
from app.billing import audit
from app.clock import utc_now
from app.extensions import csrf, db
from app.ids import uuid7
from app.models import AuditEvent, Organization, StoredResponse
from app.models.scope import Reason, seeing_all
from app.models.usage import NO_ONE
from app.people.tokens import Scope
from app.web import stored_responses
from config import Settings
from tests.factories import an_organization
from tests.support.browsing import BrowserClient
from tests.support.database import empty, inside
from tests.support.platform import Platform, is_problem


class Order(Struct, forbid_unknown_fields=True):
    what: str


class Ordered(Struct):
    id: str
    what: str


section = Section("Orders", "Something that is done again with each request.")


@section.post(
    "/orders",
    scope=Scope.USAGE_WRITE,
    summary="Order",
    body=Body(Order, Order("tea")),
    answers=(Answer(201, "Ordered.", Ordered, Ordered("1", "tea")),),
    once=True,
)
def order(body: Order) -> Reply:
    """Orders again each time."""
    made = Ordered(str(uuid7()), body.what)
    with seeing_all(Reason.TESTS):
        organization = db.session.scalars(select(Organization)).one()
        audit.record(organization.id, audit.OPERATOR, "ordered", made.id, token=current_caller().name)
    if body.what == "nothing":
        raise ProblemError(problems.INVALID, "There is nothing to order.")
    return Reply(made, 201, {"Location": f"/api/v1/orders/{made.id}"})


@pytest.fixture(scope="module")
def tea_application(settings: Settings) -> Flask:
    app = create_app(settings)
    app.test_client_class = BrowserClient
    blueprint = blueprint_of((section,))
    app.register_blueprint(blueprint, name="orders")
    csrf.exempt(blueprint)
    return app


@pytest.fixture
def app(tea_application: Flask) -> Iterator[Flask]:
    with inside(tea_application):
        empty()
        an_organization()
        yield tea_application
        db.session.rollback()


def send(platform: Platform, key: str | None = '"k-1"', *, what: Any = "tea") -> TestResponse:
    headers = {"Authorization": f"Bearer {platform.text}"} | ({"Idempotency-Key": key} if key else {})
    return platform.client.post("/api/v1/orders", json={"what": what}, headers=headers)


def orders() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(AuditEvent.action == "ordered")) or 0


def test_sent_again_it_is_answered_again_and_done_once(platform: Platform) -> None:
    first, again = send(platform), send(platform)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert first.headers["Location"] == again.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert orders() == 1


def test_another_key_or_none_is_another_order(platform: Platform) -> None:
    for key in ('"k-1"', '"k-2"', None, None):
        assert send(platform, key).status_code == 201
    assert orders() == 4


def test_the_same_key_with_another_body_is_refused(platform: Platform) -> None:
    send(platform)
    assert is_problem(send(platform, what="coffee"), "idempotency-key-reused", 422)
    assert orders() == 1


@pytest.mark.parametrize("key", ['"k-1"', "k-1"])
def test_the_key_comes_with_quotes_or_without(platform: Platform, key: str) -> None:
    send(platform, key)
    assert send(platform, "k-1").headers["Idempotency-Replayed"]


@pytest.mark.parametrize("key", ['""', '"', "a b", '"' + "k" * 256 + '"', '"é"', "k;x=1", '"a\\"b"'])
def test_a_key_that_is_none_is_refused_in_words(platform: Platform, key: str) -> None:
    answer = send(platform, key)
    assert is_problem(answer, "malformed-request", 400)
    assert "double quotes" in answer.json["detail"]
    assert orders() == 0


def test_a_refused_request_is_judged_again(platform: Platform) -> None:
    for _ in range(2):
        assert is_problem(send(platform, what="nothing"), "invalid-content", 422)
    assert orders() == 0
    assert send(platform, what="tea").status_code == 201


def test_while_it_is_being_answered_the_same_is_told_to_wait(app: Flask, platform: Platform) -> None:
    with inside(app):
        stored_responses.lock_key(NO_ONE, "k-1")
        answer = send(platform)
        assert is_problem(answer, idempotency.IN_FLIGHT.name, 409)
        assert answer.headers["Retry-After"]
        assert send(platform, '"k-2"').status_code == 201
        db.session.rollback()
    assert send(platform).status_code == 201


def test_a_process_that_dies_before_the_commit_leaves_neither_order_nor_answer(
    app: Flask, platform: Platform
) -> None:
    with inside(app):
        stored_responses.lock_key(NO_ONE, "k-1")
        organization = db.session.scalars(select(Organization)).one()
        audit.record(organization.id, audit.OPERATOR, "ordered", "never")
        stored_responses.store(NO_ONE, "k-1", fingerprint=b"", status=201, headers={}, body=b"")
        backend = db.session.scalar(text("SELECT pg_backend_pid()"))
        with db.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": backend})
        db.session().invalidate()
    assert orders() == 0
    answer = send(platform)
    assert (answer.status_code, "Idempotency-Replayed" in answer.headers) == (201, False)
    assert orders() == 1


def test_the_platforms_keys_are_none_of_an_organizations(app: Flask, platform: Platform) -> None:
    organization = db.session.scalars(select(Organization)).one()
    send(platform)
    send(Platform(app, organization=organization))
    assert orders() == 2


def test_a_new_token_of_the_same_holder_knows_the_keys_of_the_old(app: Flask, platform: Platform) -> None:
    assert send(platform).json == send(Platform(app)).json


def test_after_a_day_it_is_forgotten(platform: Platform) -> None:
    send(platform)
    db.session.execute(update(StoredResponse).values(expires_at=utc_now() - timedelta(seconds=1)))
    db.session.commit()
    send(platform)
    assert orders() == 2
    db.session.execute(update(StoredResponse).values(expires_at=utc_now() - timedelta(seconds=1)))
    stored_responses.delete_expired()
    assert db.session.scalar(select(func.count()).select_from(StoredResponse)) == 0


def test_a_stored_response_is_read_with_the_secret_key_only(app: Flask, platform: Platform) -> None:
    first = send(platform)
    [kept] = db.session.scalars(select(StoredResponse)).all()
    assert first.json["id"].encode() not in kept.body
    keys = signing.keys.get()
    try:
        signing.keys.set((*keys, "another " * 5))
        assert send(platform).json == first.json, "an older key still decrypts"
        signing.keys.set(("another " * 5,))
        second = send(platform)
        assert (second.status_code, "Idempotency-Replayed" in second.headers) == (201, False)
        assert send(platform).json == second.json
    finally:
        signing.keys.set(keys)
    assert orders() == 2


def test_what_the_version_before_has_stored_is_repeated(platform: Platform) -> None:
    request = b'{"what": "tea"}'
    stored_responses.store(
        NO_ONE,
        "k-1",
        fingerprint=hashlib.sha256(b"POST /api/v1/orders?\n" + request).digest(),
        status=201,
        headers={"Content-Type": "application/json"},
        body=b'{"id": "7", "what": "tea"}',
    )
    db.session.commit()
    headers = {"Authorization": f"Bearer {platform.text}", "Idempotency-Key": "k-1"}
    ask = {"headers": headers, "content_type": "application/json"}
    answer = platform.client.post("/api/v1/orders", data=request, **ask)
    assert (answer.status_code, answer.json["id"]) == (201, "7")
    other = platform.client.post("/api/v1/orders", data=b'{"what": "coffee"}', **ask)
    assert is_problem(other, "idempotency-key-reused", 422)
    assert orders() == 0


OWN_KEY = {
    "report_usage",  # each event's source and id
    "reserve_hold",  # the hold's key
    "renew_hold",  # the slice
    "carry_out_batch",  # those of its operations
    "capture_hold",  # the hold ends once
    "release_hold",
    "estimate_campaign",  # changes nothing
}


def test_every_post_can_be_sent_again() -> None:
    posts = {
        endpoint.name: endpoint
        for section in SECTIONS
        for endpoint in section.endpoints
        if endpoint.method == "POST"
    }
    assert {name for name, endpoint in posts.items() if not endpoint.once} == OWN_KEY


def test_an_invitation_that_is_asked_for_again_is_the_same_link(app: Flask) -> None:
    platform, organization = Platform(app), an_organization()
    address = f"/organizations/{organization.id}"
    platform.put(address, {"name": "Harbor", "timezone": "UTC", "owners": ["ruth@harbor.example"]})
    body, key = {"email": "ruth@harbor.example"}, {"Idempotency-Key": '"invite-1"'}
    first, again = (platform.post(f"{address}/invitations", body, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"
    other = platform.post(f"{address}/invitations", {"email": "ann@harbor.example"}, headers=key)
    assert is_problem(other, "idempotency-key-reused", 422)
    assert platform.post(f"{address}/invitations", body).json["link"] != first.json["link"]
