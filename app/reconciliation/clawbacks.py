"""Compares Stripe's refunds and disputes with the clawbacks in the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.billing.topups import clawbacks, disputes, refunds
from app.extensions import db
from app.models import Dispute, TopUp, TransferKind
from app.money import Money
from app.payments import disputes as stripe_disputes
from app.payments import refunds as stripe_refunds
from app.payments.disputes import StripeDispute
from app.payments.refunds import Refund
from app.payments.statuses import DisputeStatus
from app.reconciliation import plan_payments
from app.reconciliation.report import Report

REFUNDS_BACK = timedelta(days=35)
"""How far back each run compares refunds: one can fail up to 30 days after it was made
(https://docs.stripe.com/refunds#failed-refunds)."""

DISPUTES_BACK = timedelta(days=120)
"""How far back each run compares disputes: they are few, and a lost one can be appealed. One that is still open here
is compared however old it is."""

_ENDED = tuple(one for one in DisputeStatus if one.has_ended)


def compare_refunds_since(report: Report, start: datetime) -> None:
    """Apply each refund created since `start` to the ledger. Commits."""
    for refund in stripe_refunds.created_since(start):
        with report.about("refunds", refund.id):
            _compare_refund(report, refund)


def compare_disputes_since(report: Report, start: datetime) -> None:
    """Apply each dispute opened since `start`, or still open here, to the ledger. Commits."""
    seen = set()
    for dispute in stripe_disputes.created_since(start):
        seen.add(dispute.id)
        with report.about("disputes", dispute.id):
            _compare_dispute(report, dispute)
    still_open = select(Dispute.stripe_id).where(Dispute.status.not_in(_ENDED))
    for dispute_id in set(db.session.scalars(still_open)) - seen:
        recheck_dispute(report, dispute_id)


def recheck_refund(report: Report, refund_id: str) -> None:
    """Compare one refund, as Stripe has it now. Commits."""
    with report.about("refunds", refund_id):
        _compare_refund(report, stripe_refunds.fetch(refund_id))


def recheck_dispute(report: Report, dispute_id: str) -> None:
    """Compare one dispute, as Stripe has it now. Commits."""
    with report.about("disputes", dispute_id):
        _compare_dispute(report, stripe_disputes.fetch(dispute_id))


def _compare_refund(report: Report, refund: Refund) -> None:
    before = _taken(refund.payment_intent_id, TransferKind.REFUND, refund.id)
    if not refunds.apply(refund).is_ours:
        plan_payments.check_refund(report, refund)
    after = _taken(refund.payment_intent_id, TransferKind.REFUND, refund.id)
    if before != after:
        report.fix(refund.id, _describe("refund", refund.id, before, after, refund.amount.currency))


def _compare_dispute(report: Report, dispute: StripeDispute) -> None:
    before = _taken(dispute.payment_intent_id, TransferKind.DISPUTE, dispute.id)
    if not disputes.apply(dispute).is_ours:
        plan_payments.check_dispute(report, dispute)
    after = _taken(dispute.payment_intent_id, TransferKind.DISPUTE, dispute.id)
    if before != after:
        report.fix(dispute.id, _describe("dispute", dispute.id, before, after, dispute.amount.currency))


def _taken(payment_intent_id: str | None, kind: TransferKind, stripe_id: str) -> int:
    """What the ledger has deducted for a refund or dispute, in micro-units."""
    if payment_intent_id is None:
        return 0
    org_id = db.session.scalar(select(TopUp.org_id).where(TopUp.payment_intent_id == payment_intent_id))
    return clawbacks.taken(org_id, kind, stripe_id) if org_id is not None else 0


def _describe(what: str, stripe_id: str, before: int, after: int, currency: str) -> str:
    taken, wanted = Money(before, currency), Money(after, currency)
    return f"The ledger had deducted {taken} for {what} {stripe_id}, Stripe {wanted}: synced."
