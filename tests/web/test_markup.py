"""In no page do two elements share an id, and whatever refers to an id finds it, in every state of an organization."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from uuid import uuid4

import pytest
from flask import Flask

from app.models import Organization
from app.web.marks import is_asked_by_pages
from tests.factories import a_person
from tests.support.browsing import HTMX, Visitor
from tests.support.paying import Owner
from tests.support.plans import a_subscriber, sell_plans
from tests.support.sandbox import Sandbox
from tests.support.states import STATES, busy

REFERENCES = (
    "for",
    "aria-labelledby",
    "aria-describedby",
    "aria-controls",
    "aria-owns",
    "form",
    "headers",
    "list",
)


class Ids(HTMLParser):
    """The ids of a page, and what refers to them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.referred: set[tuple[str, str]] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if "id" in named:
            self.ids.append(named["id"])
        for name in REFERENCES:
            self.referred |= {(name, one) for one in named.get(name, "").split()}
        if (href := named.get("href", "")).startswith("#") and href != "#":
            self.referred.add(("href", href[1:]))
        for name in ("hx-target", "hx-target:inherited"):
            if (wanted := named.get(name, "")).startswith("#") and tag != "hx-partial":
                self.referred.add((name, wanted[1:].split()[0]))

    @property
    def problems(self) -> list[str]:
        twice = [f"two elements with id {one}" for one, times in Counter(self.ids).items() if times > 1]
        known = set(self.ids)
        return twice + [f"{name} refers to {one}" for name, one in sorted(self.referred) if one not in known]


def pages(app: Flask) -> list[str]:
    """Every page that an address without ids shows."""
    return [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.arguments
        and any(
            getattr(app.view_functions[rule.endpoint], mark, False)
            for mark in ("org_admin_required", "person_required")
        )
        and not rule.rule.endswith((".csv", ".pdf"))
        and not is_asked_by_pages(rule.endpoint.partition(".")[0])
    ]


def on_growth() -> Organization:
    return a_subscriber()


def check(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    if answer.location is None:
        assert Ids(answer.text).problems == [], path
        assert answer.text.count('<meta name="description" content="') == 1, path


@pytest.mark.one_of_each(by=lambda state: "busy" if state is busy else "any")
@pytest.mark.parametrize("state", [*STATES, on_growth])
def test_ids_are_unique_and_there(
    app: Flask, visitor: Visitor, sandbox: Sandbox, state: Callable[[], Organization]
) -> None:
    visitor.begin_session(a_person(organization=state()).email)
    assert len(pages(app)) > 10
    for path in (*pages(app), "/workplace/invoices/statements/2026-11", "/billing/nothing"):
        check(visitor, path)
    for path in (
        f"/billing/wallet/top-ups/{uuid4()}",
        "/workplace/invoices?year=2026&status=paid",
        "/billing/wallet?kind=usage&from=2026-11-02&to=2026-11-01",
        "/billing/wallet/campaign-check?calls=x&answered=0&shortest=9&longest=1",
        "/billing/wallet/campaign-check?calls=400&answered=70&shortest=1&longest=2&meter=calls_outbound",
        "/billing?org=another",
    ):
        check(visitor, path)
    for path in ("/billing/details", "/billing/wallet/top-ups", "/billing/change-plan", "/billing/renewal"):
        for token in (None, visitor.old_token()):
            refused = visitor.post(path, {"country": "nowhere", "amount": "other"}, token=token)
            if refused.location is None:
                assert Ids(refused.text).problems == [], path


@pytest.mark.long
@pytest.mark.one_of_each(by=lambda: "any")
@pytest.mark.parametrize(
    "token", ["pm_card_visa", "pm_card_chargeCustomerFail", "pm_card_threeDSecure2Required"]
)
def test_at_each_step_of_a_payment(app: Flask, sandbox: Sandbox, token: str) -> None:
    owner = Owner(app, token)
    sell_plans()
    top_up = owner.review()
    switch = str(owner.post("/billing/change-plan", {"plan": "growth:month"}).location)
    for path, press in ((top_up, "payments"), (switch, "confirmation")):
        check(owner, path)
        owner.post(f"{path}/{press}")
        check(owner, path)
        owner.post(f"{path}/cancellation")
        check(owner, path)


def test_for_those_outside(visitor: Visitor) -> None:
    for path in ("/sign-in", "/forgot-password", "/api/docs", "/nothing"):
        check(visitor, path)
    refused = visitor.post("/sign-in", {"email": "", "password": ""})
    assert Ids(refused.text).problems == []


@pytest.mark.long
def test_what_a_poll_or_a_part_brings_has_each_id_once(
    app: Flask, visitor: Visitor, sandbox: Sandbox
) -> None:
    visitor.begin_session(a_person(organization=busy()).email)
    for path in (
        "/billing/live/overview",
        "/billing/live/wallet?newest=1",
        "/billing/live/payment-methods",
        "/billing/live/limits",
    ):
        twice = [
            one for one, times in Counter(Ids(visitor.get(path, headers=HTMX).text).ids).items() if times > 1
        ]
        assert twice == [], path
