"""What is due today for a plan that is only being looked at: as its review says, and nothing is changed by asking."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask

from app.billing import catalog
from app.billing.plans.offers import PlanNotOfferedError
from app.billing.subscriptions import due_today, switches
from tests.factories import OWNER, a_person, an_organization, usd
from tests.support.browsing import Visitor, text_of
from tests.support.plans import a_debtor, a_subscriber
from tests.support.sandbox import Sandbox

CENTS = usd("0.05")
"""What the rest of a period loses in some seconds."""


def test_it_is_what_the_review_says(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("growth")
    charges = len(sandbox.charges())
    for plan, interval in (("scale", "month"), ("scale", "year"), ("growth", "year")):
        found = due_today.find_due(organization, plan, interval)
        assert switches.find_open(organization.id) is None, "nothing is stored by asking"
        reviewed = switches.begin(organization, plan, interval, OWNER).due
        assert found is not None
        assert found > usd("0")
        assert abs((found - reviewed).micro) <= CENTS.micro, (plan, interval, found, reviewed)
    assert len(sandbox.charges()) == charges


def test_nothing_is_due_today_for_what_comes_later(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("growth")
    assert due_today.find_due(organization, "starter", "month") == usd("0")


def test_only_the_review_can_say_it(app: Flask, sandbox: Sandbox) -> None:
    assert due_today.find_due(an_organization(), "growth", "month") is None, "no subscription at Stripe yet"
    assert due_today.find_due(a_debtor(app, sandbox), "scale", "month") is None, "it would be refused"
    with pytest.raises(PlanNotOfferedError):
        due_today.find_due(an_organization(), "nothing", "month")
    assert catalog.current().tax is None, "taxes are as they will be"


def test_the_bar_asks_for_it_and_says_so_while_stripe_is_away(
    app: Flask, sandbox: Sandbox, visitor: Visitor
) -> None:
    organization = a_subscriber("growth")
    visitor.begin_session(a_person(organization=organization).email)
    page = visitor.get("/billing/change-plan").text
    asks = re.findall(r'hx-get="(/billing/live/due-today[^"]*)"', page)
    assert len(asks) == 3, "of each plan and interval that would start now"
    ask = html.unescape(next(one for one in asks if "plan=scale" in one))
    assert text_of(visitor.get(ask)).strip().startswith("$")
    assert text_of(visitor.get("/billing/live/due-today?plan=scale")).strip() == "shown in review"
    sandbox.fail("POST /v1/invoices/create_preview", "500_before", times=9)
    assert text_of(visitor.get(ask)).strip() == "shown in review"
