"""Whatever an operator does to a plan in Stripe's dashboard, its card shows what Stripe will charge next, and how."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.billing import coming_up
from app.billing.coming_up import ComingEntry, Kind
from app.billing.wallet import balance
from app.extensions import db
from app.models import Organization
from app.reconciliation import plans
from app.reconciliation.report import Report
from tests.factories import a_person, usd
from tests.support.browsing import Visitor, text_of
from tests.support.plans import a_subscriber, hear_from_stripe, plan_of, turn_period
from tests.support.sandbox import Sandbox
from tests.support.sums import Operator

Deed = Callable[[Operator], None]
DEEDS: dict[str, tuple[Deed, str, tuple[str, ...]]] = {
    "nothing": (lambda _: None, "399", ("$399.00 a month, renews on",)),
    "two of it": (
        lambda by: by.quantity(2),
        "798",
        ("$798.00 a month (2 x $399.00), renews on",),
    ),
    "a coupon": (
        lambda by: by.discount({"percent_off": 10, "name": "Spring"}),
        "359.10",
        ("Spring, 10% off", "-$39.90", "$359.10"),
    ),
    "an amount off": (
        lambda by: by.discount({"amount_off": 5000, "currency": "usd", "name": "Sorry"}),
        "349",
        ("Sorry, 50 USD off", "-$50.00", "$349.00"),
    ),
    "a code": (
        lambda by: by.promote("WELCOME20", percent_off=20, name="Welcome"),
        "319.20",
        ("Welcome, 20% off (code WELCOME20)", "-$79.80", "$319.20"),
    ),
    "a coupon of the customer's": (
        lambda by: by.discount_customer(percent_off=50, name="Partner"),
        "199.50",
        ("Partner, 50% off", "-$199.50"),
    ),
    "tax on top": (lambda by: by.tax(19), "474.81", ("VAT 19%", "$75.81", "$474.81")),
    "tax in the price": (
        lambda by: by.tax(19, inclusive=True),
        "399",
        ("VAT 19%", "(in the prices)", "$63.71"),
    ),
    "credit": (
        lambda by: by.credit(10_000),
        "299",
        ("Your invoice credit", "-$100.00", "$299.00"),
    ),
    "more credit than that": (lambda by: by.credit(100_000), "0", ("-$399.00", "$0.00")),
    "something owed": (
        lambda by: by.credit(-1_000),
        "409",
        ("Owed from earlier invoices", "$10.00", "$409.00"),
    ),
}


def coming_up_of(organization: Organization) -> list[ComingEntry]:
    """The calendar as the pages show it."""
    return coming_up.list_entries(organization, plan_of(organization), balance.gather(organization))


def all_together(by: Operator) -> None:
    by.quantity(2)
    by.discount({"percent_off": 10, "name": "Spring"})
    by.tax(20)
    by.credit(5_000)


DEEDS["all at the same time"] = (
    all_together,
    "811.84",
    ("-$79.80", "VAT 20%", "$143.64", "-$50.00", "$811.84"),
)


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    made = a_subscriber("scale")
    hear_from_stripe(app, sandbox)
    return made


@pytest.mark.parametrize("name", DEEDS)
def test_the_card_shows_what_is_charged(
    app: Flask, sandbox: Sandbox, organization: Organization, visitor: Visitor, name: str
) -> None:
    deed, due, words = DEEDS[name]
    deed(Operator(app, sandbox, organization))
    seen = plan_of(organization).next_charge
    assert seen is not None and seen.due == usd(due)
    added = sum((line.amount for line in seen.lines if line.is_added), usd("0"))
    assert added == seen.due
    visitor.begin_session(a_person(organization=organization).email)
    page = (
        text_of(visitor.get("/billing"))
        .replace("\N{MINUS SIGN}", "-")
        .replace("\N{MULTIPLICATION SIGN}", "x")
    )
    assert [one for one in words if one not in page] == []
    (entry,) = [one for one in coming_up_of(organization) if one.kind is Kind.RENEWAL]
    assert (entry.amount, entry.is_estimate) == (seen.due, False)
    turn_period(app, sandbox, organization, days=1)
    invoice = sandbox.stripe.v1.invoices.list({"customer": organization.stripe_customer_id or ""}).data[0]
    assert invoice.amount_due == usd(due).minor


def test_a_discount_that_is_used_up_is_gone_from_the_next_charge(
    app: Flask, sandbox: Sandbox, organization: Organization
) -> None:
    Operator(app, sandbox, organization).discount({"percent_off": 50, "duration": "once"})
    seen = plan_of(organization).next_charge
    assert seen is not None and seen.due == usd("199.50")
    turn_period(app, sandbox, organization, days=1)
    Operator(app, sandbox, organization).hear()
    again = plan_of(organization).next_charge
    assert again is not None and again.due == usd("399")


def test_nothing_is_charged_next_for_a_plan_that_ends(
    app: Flask, sandbox: Sandbox, organization: Organization
) -> None:
    Operator(app, sandbox, organization).set(cancel_at_period_end=True)
    db.session.expire_all()
    assert plan_of(organization).next_charge is None


def test_a_preview_that_fails_keeps_no_plan_from_changing_and_is_looked_up_later(
    app: Flask, sandbox: Sandbox, organization: Organization
) -> None:
    by = Operator(app, sandbox, organization)
    sandbox.fail("POST /v1/invoices/create_preview", "400", times=20)
    by.quantity(2)
    assert (plan_of(organization).quantity, plan_of(organization).next_charge) == (2, None)
    sandbox.clear_faults()
    plans.compare(Report())
    seen = plan_of(organization).next_charge
    assert seen is not None and seen.due == usd("798")
