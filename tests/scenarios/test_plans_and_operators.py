"""Switches, cards, time, and operators who give discounts, tax, credit, quantities and other cards at Stripe,
in any order: no more is charged than was shown, to the card that was named; no plan stays in force unpaid;
and reconciliation is silent exactly where all is right."""

from __future__ import annotations

from typing import Any

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from app import reconciliation
from app.extensions import db
from app.models import PaymentMethod, PlanSwitch, SubscriptionStatus, SwitchStatus
from app.payments.references import id_of
from app.payments.subscription_facts import StripeSubscription
from app.stripe_events import handlers
from tests.billing.subscriptions.test_plan_machine import PlanMachine, run
from tests.support.examples import examples
from tests.support.sums import Operator

EXAMPLES = examples("PLAN_EXAMPLES", 4)
"""PLAN_EXAMPLES=100 looks deeper, elsewhere each time."""
STEPS = 16


class PlansAndOperators(PlanMachine):
    """The same organization, with someone at Stripe's dashboard."""

    app: Flask

    @initialize()
    def open(self) -> None:
        super().open()
        self.operator = Operator(self.app, self.sandbox, self.organization)

    @precondition(lambda self: self.is_running)
    @rule(percentage=st.sampled_from([7.7, 19.0]))
    def tax_within_the_price(self, percentage: float) -> None:
        self.operator.tax(percentage, inclusive=True)

    @precondition(lambda self: self.is_running)
    @rule(minor=st.sampled_from([5000, -700]))
    def give_credit_or_take_it(self, minor: int) -> None:
        self.operator.credit(minor)

    @precondition(lambda self: self.is_running)
    @rule(on=st.sampled_from(["subscription", "customer"]))
    def choose_a_card_in_the_dashboard(self, on: str) -> None:
        cards = db.session.scalars(db.select(PaymentMethod).filter_by(removed_at=None)).all()
        chosen = cards[-1].stripe_id
        if on == "subscription":
            self.operator.set(default_payment_method=chosen)
        else:
            self.operator.api.customers.update(
                self.operator.customer, {"invoice_settings": {"default_payment_method": chosen}}
            )
            self.operator.hear()
        handlers.customer(self.operator.customer)
        db.session.commit()

    def compare_with_invoice(self, switch: PlanSwitch) -> None:
        """What was shown is the most that the invoice asks for, and the card that was named has paid."""
        found = self.found
        assert found is not None
        if switch.status is SwitchStatus.DONE or found.waiting is not None:
            invoice = self.sandbox.stripe.v1.invoices.retrieve(found.latest_invoice_id or "")
            assert invoice.amount_due <= switch.due.minor
        if switch.charged:
            named = db.session.scalars(db.select(PaymentMethod).where(PaymentMethod.is_default)).one()
            charge = self.sandbox.charges()[0]
            assert (charge.payment_method, charge.amount) == (named.stripe_id, switch.charged.minor)

    def is_dropped(self, found: StripeSubscription) -> bool:
        """Whether what was added since a change was planned isn't on the planned phase."""
        if found.planned is None:
            return False
        api = self.operator.api
        now = api.subscriptions.retrieve(found.id)
        phase = api.subscription_schedules.retrieve(found.schedule_id or "").phases[-1]
        discounts = {id_of(one.discount) for one in phase.discounts}
        rates = {id_of(one) for one in phase.default_tax_rates or ()}
        return not (
            discounts.issuperset(map(id_of, now.discounts))
            and rates.issuperset(one.id for one in now.default_tax_rates or ())
        )

    @property
    def is_running(self) -> bool:
        return self.row is not None and self.row.status is not SubscriptionStatus.CANCELED

    @invariant()
    def no_plan_goes_on_without_a_paid_invoice_over_its_period(self) -> None:
        found = self.found
        if found is None or found.has_ended or found.is_free or found.status != "active":
            return
        invoices = self.sandbox.stripe.v1.invoices.list({"subscription": found.id, "limit": 100}).data
        covered = [
            line
            for invoice in invoices
            if invoice.status in {"paid", "draft"}
            for line in invoice.lines.data
            if line.pricing
            and line.pricing.price_details
            and line.pricing.price_details.price == found.price_id
            and line.amount >= 0
            and line.period.end == int(found.period_end.timestamp())
        ]
        assert covered, f"{found.id} is active on {found.price_id}, and no one paid for its period"

    @invariant()
    def reconciliation_is_silent_where_all_is_right(self) -> None:
        if self.row is None:
            return
        run = reconciliation.run()
        assert run.error is None
        found = self.found
        is_odd = found is not None and not found.has_ended and (found.quantity != 1 or self.is_dropped(found))
        expected = {found.id} if found is not None and is_odd else set()
        assert {each["object"] for each in run.findings} <= expected, run.findings
        assert not expected or run.findings


def test_any_sequence_with_an_operator(app: Flask, sandbox: Any) -> None:
    PlansAndOperators.sandbox, PlansAndOperators.app = sandbox, app
    run(PlansAndOperators, examples=EXAMPLES, steps=STEPS)
