"""What is left of a period is credited by a switch only where the period was paid: Stripe would credit it in any case."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app import reconciliation
from app.billing.plans.arrangements import ArrangedError
from app.billing.subscriptions import cancellation, switches
from app.extensions import db
from app.models import Organization, Subscription
from tests.factories import OWNER
from tests.support.dashboard import Dashboard
from tests.support.plans import DECLINES, a_subscriber, hear_from_stripe, plan_of, switch_to, turn_period
from tests.support.sandbox import Sandbox


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    return a_subscriber("growth")


def is_switched_by(organization: Organization, choice: tuple[str, str]) -> bool:
    try:
        switches.begin(organization, *choice, OWNER)
    except ArrangedError:
        db.session.rollback()
        return False
    return True


UP = [("scale", "month"), ("growth", "year")]


@pytest.mark.parametrize("behavior", ["void", "keep_as_draft", "mark_uncollectible"])
def test_not_what_was_never_collected(
    app: Flask, sandbox: Sandbox, organization: Organization, behavior: str
) -> None:
    """Collection was paused for a period and goes on, with the invoice of that period left as it is."""
    operator = Dashboard(sandbox, organization)
    operator.update(pause_collection={"behavior": behavior})
    turn_period(app, sandbox, organization)
    operator.update(pause_collection="")
    hear_from_stripe(app, sandbox)
    assert [is_switched_by(organization, choice) for choice in UP] == [False, False]
    assert reconciliation.run().findings
    # What is for later credits nothing.
    assert is_switched_by(organization, ("starter", "month"))
    turn_period(app, sandbox, organization)
    assert not reconciliation.run().findings
    assert switch_to(organization, "scale").due.minor == 30_000


@pytest.mark.parametrize("how", ["void", "mark_uncollectible"])
def test_not_a_renewal_that_was_given_up(app: Flask, sandbox: Sandbox, how: str) -> None:
    organization = a_subscriber("growth", token=DECLINES)
    turn_period(app, sandbox, organization)
    api: Any = sandbox.stripe.v1.invoices
    invoice = db.session.get_one(Subscription, (organization.id,)).open_invoice_id
    (api.void_invoice if how == "void" else api.mark_uncollectible)(invoice)
    hear_from_stripe(app, sandbox)
    assert [is_switched_by(organization, choice) for choice in UP] == [False, False]


@pytest.mark.parametrize("off", [50, 100])
def test_but_what_a_coupon_paid_for(
    app: Flask, sandbox: Sandbox, organization: Organization, off: int
) -> None:
    operator = Dashboard(sandbox, organization)
    coupon = sandbox.stripe.v1.coupons.create({"percent_off": off, "duration": "forever"})
    operator.update(discounts=[{"coupon": coupon.id}])
    turn_period(app, sandbox, organization)
    assert [is_switched_by(organization, choice) for choice in UP] == [True, True]


def test_a_plan_that_is_past_due_with_nothing_to_pay_can_be_canceled(app: Flask, sandbox: Sandbox) -> None:
    """Its newest invoice may be one that Stripe keeps as a draft."""
    organization = a_subscriber("growth", token=DECLINES)
    turn_period(app, sandbox, organization)
    row = db.session.get_one(Subscription, (organization.id,), populate_existing=True)
    row.open_invoice_id = None
    db.session.commit()
    cancellation.cancel(organization, OWNER)
    assert plan_of(organization).plan.key == "starter"
