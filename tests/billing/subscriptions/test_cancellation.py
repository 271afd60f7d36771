"""Canceling a plan whose renewal is not paid: it ends, or it was paid first; never both, and never half."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing.subscriptions import cancellation
from app.billing.subscriptions.renewals import NothingToPayError
from app.clock import utc_now
from app.extensions import db
from app.models import AuditEvent, Organization, Subscription, SubscriptionStatus, SwitchStatus
from app.payments.errors import PaymentsError
from tests.billing.subscriptions.test_planned_switches import reasons
from tests.factories import OWNER, a_stripe_card, an_organization
from tests.support.plans import (
    a_debtor,
    a_subscriber,
    grow_old,
    hear_from_stripe,
    pay_by,
    plan_of,
    switch_to,
)
from tests.support.sandbox import Sandbox, work_through


@pytest.fixture
def debtor(app: Flask, sandbox: Sandbox) -> Organization:
    """On Growth, whose renewal was declined."""
    return a_debtor(app, sandbox)


def canceled_by() -> list[str]:
    """Who has canceled, as the audit trail has it."""
    query = db.select(AuditEvent.actor).where(AuditEvent.action == "plan.canceled")
    return list(db.session.scalars(query))


def jobs() -> int:
    """How many jobs are there to finish a cancellation."""
    query = (
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'finish_cancellation' AND status = 'todo'"
    )
    return db.session.execute(db.text(query)).scalar_one()


@pytest.mark.long
@pytest.mark.parametrize("days", [0, 9])
def test_the_plan_ends_now_and_the_renewal_is_charged_no_more(
    app: Flask, debtor: Organization, sandbox: Sandbox, days: int
) -> None:
    grow_old(debtor, days)
    cancellation.cancel(debtor, OWNER)
    view = plan_of(debtor)
    assert (view.status, view.name, view.is_past_due) == (SubscriptionStatus.CANCELED, "Starter", False)
    assert reasons()[-1] == ("suspended" if days else "ended")
    pay_by(debtor, "pm_card_visa")
    sandbox.move(debtor.stripe_customer_id or "", utc_now() + timedelta(days=80))
    hear_from_stripe(app, sandbox)
    work_through(app)
    assert len(sandbox.charges()) == 1
    assert switch_to(debtor, "scale").status is SwitchStatus.DONE
    assert plan_of(debtor).name == "Scale"


def test_one_who_has_paid_keeps_the_plan(debtor: Organization, sandbox: Sandbox) -> None:
    """Paid with another tab, or by Stripe's own retry, of which no one has heard yet."""
    row = db.session.get_one(Subscription, (debtor.id,))
    stripe_card = a_stripe_card(debtor).stripe_id
    sandbox.stripe.v1.invoices.pay(row.open_invoice_id or "", {"payment_method": stripe_card})
    with pytest.raises(NothingToPayError):
        cancellation.cancel(debtor, OWNER)
    view = plan_of(debtor)
    assert (view.status, view.name) == (SubscriptionStatus.ACTIVE, "Growth")
    with pytest.raises(NothingToPayError):
        cancellation.cancel(debtor, OWNER)


@pytest.mark.parametrize("lost", ["all of it", "the end of the subscription"])
def test_what_is_left_half_done_is_finished(
    app: Flask, debtor: Organization, sandbox: Sandbox, lost: str
) -> None:
    row = db.session.get_one(Subscription, (debtor.id,))
    arguments = {"subscription_id": row.stripe_id or "", "invoice_id": row.open_invoice_id or ""}
    if lost != "all of it":
        sandbox.stripe.v1.invoices.void_invoice(arguments["invoice_id"])
    for _ in range(2):
        assert cancellation.finish(debtor, **arguments)
        assert plan_of(debtor).status is SubscriptionStatus.CANCELED
    assert len(sandbox.charges()) == 1


def test_where_nothing_is_owed_there_is_nothing_to_cancel(app: Flask, sandbox: Sandbox) -> None:
    for organization in (an_organization(), a_subscriber("growth")):
        with pytest.raises(NothingToPayError):
            cancellation.cancel(organization, OWNER)
    assert (canceled_by(), jobs()) == ([], 0)
    assert plan_of(organization).name == "Growth"


@pytest.mark.parametrize("call", ["POST /v1/invoices/*/void", "DELETE /v1/subscriptions/*"])
def test_what_stripe_does_not_answer_is_left_to_the_job_that_was_stored_before(
    app: Flask, debtor: Organization, sandbox: Sandbox, call: str
) -> None:
    sandbox.fail(call, "500_before", times=9)
    with pytest.raises(PaymentsError):
        cancellation.cancel(debtor, OWNER)
    db.session.rollback()
    assert (plan_of(debtor).name, canceled_by(), jobs()) == ("Growth", [OWNER.name], 1)
    sandbox.clear_faults()
    db.session.execute(db.text("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'"))
    db.session.commit()
    work_through(app)
    assert (plan_of(debtor).status, plan_of(debtor).name) == (SubscriptionStatus.CANCELED, "Starter")
