"""Compares Stripe's payments with our top-ups, and our top-ups with Stripe's payments."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.billing import topups
from app.billing.customers.queries import find_organization
from app.billing.purchases import Outcome
from app.extensions import db
from app.models import Organization, TopUp, TopUpStatus
from app.payments import charges, intents, invoices
from app.payments.errors import RefusedError
from app.payments.intents import Payment
from app.reconciliation import customers
from app.reconciliation.report import Report

_MISSING = "resource_missing"
_AS_IT_IS = {"populate_existing": True}


class PaymentsOfRun:
    """The payments that a run has already read from Stripe, so that none is fetched twice."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._seen: dict[str, Payment] = {}

    def compare_since(self, start: datetime) -> None:
        """Compare each payment intent created since `start` with its top-up. Commits."""
        for payment in intents.created_since(start):
            self._seen[payment.id] = payment
            with self._report.about("payments", payment.id):
                self._compare(payment)

    def check_credited_since(self, start: datetime) -> None:
        """Check that everything credited since `start` was paid. What was not is reported, never deducted."""
        settled = select(TopUp).where(TopUp.status == TopUpStatus.SUCCEEDED, TopUp.settled_at >= start)
        for top_up in db.session.scalars(
            settled.order_by(TopUp.settled_at), execution_options=_AS_IT_IS
        ).all():
            with self._report.about("top_ups", top_up.payment_intent_id or str(top_up.id)):
                self._check_paid(top_up)

    def recheck(self, payment_intent_id: str) -> None:
        """Recheck a payment that an earlier run has reported, unless this run already did. Commits."""
        if payment_intent_id in self._seen:
            return
        with self._report.about("payments", payment_intent_id):
            payment = self._fetch(payment_intent_id)
            if payment is not None:
                self._compare(payment)
            credited = select(TopUp).where(
                TopUp.payment_intent_id == payment_intent_id, TopUp.status == TopUpStatus.SUCCEEDED
            )
            for top_up in db.session.scalars(credited, execution_options=_AS_IT_IS).all():
                self._check_paid(top_up)

    def _compare(self, payment: Payment) -> None:
        """Settle a payment that succeeded if its top-up says otherwise. Open ones already have a job."""
        if not payment.succeeded:
            return
        if payment.top_up_id is not None:
            customers.ensure_known(self._report, payment.customer_id)
        top_up = topups.find_by_payment(payment)
        if top_up is None:
            if topups.find_or_recreate(payment) is None:
                self._report_orphan(payment)
            else:
                self._report.fix(
                    payment.id,
                    f"{payment.received} for top-up {payment.top_up_id} had been paid, and the top-up wasn't here: "
                    "recorded and credited now.",
                )
            return
        agrees = (TopUpStatus.SUCCEEDED, payment.id, payment.received)
        if (top_up.status, top_up.payment_intent_id, top_up.amount) == agrees:
            return
        if topups.settle(top_up.org_id, top_up.id, intents.fetch(payment.id)) is Outcome.CHANGED:
            self._report.fix(
                payment.id,
                f"{payment.received} for top-up {top_up.id} had been paid and not credited: credited now.",
            )

    def _report_orphan(self, payment: Payment) -> None:
        """Report a payment by a customer of ours without a top-up, unless it pays an invoice or was refunded."""
        organization = _payer_of(payment)
        if organization is None or invoices.paid_by(payment.id):
            return
        left = charges.left_of(payment.charge_id) if payment.charge_id else payment.received
        if left:
            self._report.find(
                payment.id,
                f"Stripe charged {left} to {organization.name} ({organization.slug}) with {payment.id}, and no "
                "top-up belongs to it. Find out what it was for, and refund it at Stripe if it was a mistake.",
            )

    def _check_paid(self, top_up: TopUp) -> None:
        what = f"Top-up {top_up.id} was credited with {top_up.amount}"
        if top_up.payment_intent_id is None:
            self._report.find(str(top_up.id), f"{what}, but has no payment.")
            return
        payment = self._fetch(top_up.payment_intent_id)
        if payment is None:
            self._report.find(
                top_up.payment_intent_id, f"{what}, and Stripe has no {top_up.payment_intent_id}."
            )
        elif not payment.succeeded:
            self._report.find(payment.id, f"{what}, while {payment.id} is {payment.status} at Stripe.")
        elif payment.received != top_up.amount:
            self._report.find(payment.id, f"{what}, while {payment.id} has brought {payment.received}.")

    def _fetch(self, payment_intent_id: str) -> Payment | None:
        """A payment as this run has read it, or as it is now; None if Stripe doesn't have it."""
        if payment_intent_id not in self._seen:
            try:
                self._seen[payment_intent_id] = intents.fetch(payment_intent_id)
            except RefusedError as error:
                if error.code != _MISSING:
                    raise
                return None
        return self._seen[payment_intent_id]


def _payer_of(payment: Payment) -> Organization | None:
    """The organization that made a payment: by our metadata, or by its current or former customer."""
    try:
        named = db.session.get(Organization, UUID(payment.org_id or ""))
    except ValueError:
        named = None
    return named or find_organization(payment.customer_id, or_was=True)
