"""Every change says what happened in the page's status region, in place and on a page of its own."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.factories import a_person, a_stripe_card, an_organization
from tests.support.browsing import HTMX, Visitor, text_of
from tests.support.paying import Owner
from tests.support.plans import DECLINES, a_subscriber, sell_plans, turn_period
from tests.support.sandbox import Sandbox

both = pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "in place"])


def said(owner: Visitor, answer: TestResponse, headers: dict[str, Any]) -> str:
    """What the status region has after a change, wherever that leads."""
    assert answer.status_code in {200, 302, 303}, text_of(answer)
    if answer.location:
        answer = owner.get(answer.location, headers=headers)
    region = r'hx-target="#status"[^>]*>(.*?)</hx-partial>' if headers else r'<div id="status">(.*?)</div>'
    found = re.search(region, answer.text, re.DOTALL)
    assert found
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1])).strip())


@both
class TestEveryChange:
    def test_a_top_up(self, app: Flask, sandbox: Sandbox, headers: dict[str, Any]) -> None:
        owner = Owner(app)
        top_up = owner.review()
        assert "$50.00 was added" in said(owner, owner.post(f"{top_up}/payments", headers=headers), headers)
        other = owner.review("25")
        assert "canceled" in said(owner, owner.post(f"{other}/cancellation", headers=headers), headers)

    def test_a_question_of_the_bank(self, app: Flask, sandbox: Sandbox, headers: dict[str, Any]) -> None:
        owner = Owner(app, "pm_card_threeDSecure2Required")
        top_up = owner.review()
        assert "onfirm" in said(owner, owner.post(f"{top_up}/payments", headers=headers), headers)
        sandbox.answer_bank("complete")
        assert "was added" in said(owner, owner.post(f"{top_up}/confirmation", headers=headers), headers)

    @pytest.mark.long
    def test_a_switch_up_then_down_and_canceled(
        self, app: Flask, sandbox: Sandbox, headers: dict[str, Any]
    ) -> None:
        owner = Owner(app)
        sell_plans()
        for plan, words in (("scale", "Scale"), ("growth", "Growth")):
            switch = str(owner.post("/billing/change-plan", {"plan": f"{plan}:month"}).location)
            assert words in said(owner, owner.post(f"{switch}/confirmation", headers=headers), headers)
        answer = owner.post("/billing/change-plan/scheduled/cancellation", headers=headers)
        assert said(owner, answer, headers)

    @pytest.mark.long
    def test_paying_a_renewal(self, app: Flask, sandbox: Sandbox, headers: dict[str, Any]) -> None:
        organization = a_subscriber("growth", token=DECLINES)
        turn_period(app, sandbox, organization)
        owner = Visitor(app.test_client())
        owner.begin_session(a_person(organization=organization).email)
        card = a_stripe_card(organization, "pm_card_mastercard")
        answer = owner.post("/billing/renewal", {"card": str(card.id)}, headers=headers)
        paid = (
            "The Growth renewal is paid. Growth is active. $99.00 was charged to Mastercard ending in 4444."
        )
        assert said(owner, answer, headers) == paid

    def test_cards(self, app: Flask, sandbox: Sandbox, headers: dict[str, Any]) -> None:
        owner = Owner(app)
        card = a_stripe_card(owner.organization, "pm_card_mastercard")
        cards = "/billing/payment-methods"
        assert "default" in said(owner, owner.post(f"{cards}/{card.id}/default", headers=headers), headers)
        assert "removed" in said(owner, owner.post(f"{cards}/{card.id}/removal", headers=headers), headers)

    def test_billing_details(self, app: Flask, sandbox: Sandbox, headers: dict[str, Any]) -> None:
        owner = Owner(app)
        form = {"legal_name": "Harbor Ltd", "version": "0"}
        assert "saved" in said(owner, owner.post("/billing/details", form, headers=headers), headers)


def test_switching_the_organization_and_signing_out(app: Flask, sandbox: Sandbox) -> None:
    owner = Owner(app)
    pine = an_organization("Pine Realty")
    a_person(owner.email, organization=pine)
    switched = owner.post("/organization", {"organization": str(pine.id)})
    assert said(owner, switched, {}) == "You're now viewing Pine Realty."
    assert said(owner, owner.post("/sign-out"), {}) == "You're signed out."
