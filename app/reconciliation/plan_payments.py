"""Refunds, disputes and fraud warnings that concern no wallet: operators decide what they mean for a plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.billing.customers.queries import find_organization
from app.billing.plans.terms import FREE_PLAN
from app.billing.subscriptions import get_subscription
from app.clock import utc_now
from app.models import Organization, SubscriptionStatus
from app.payments import fraud_warnings, intents
from app.payments import invoices as stripe_invoices
from app.payments.disputes import StripeDispute
from app.payments.fraud_warnings import FraudWarning
from app.payments.invoices import StripeInvoice
from app.payments.refunds import Refund
from app.payments.statuses import DisputeStatus
from app.reconciliation.report import Report


@dataclass(frozen=True, slots=True)
class _PlanPayment:
    """A payment for a plan: whose, by which invoice, and whether it keeps the plan in force (`is_active`)."""

    organization: Organization
    invoice: StripeInvoice
    is_active: bool

    @property
    def words(self) -> str:
        whose = f"{self.organization.name} ({self.organization.slug})"
        return f"the payment of invoice {self.invoice.number} ({self.invoice.description}) by {whose}"


def check_refund(report: Report, refund: Refund) -> None:
    """Report a refund of a plan's payment while that payment keeps the plan in force. Raises what `app.payments`
    raises."""
    if refund.status.gave_nothing_back:
        return
    paid = _plan_payment(refund.payment_intent_id)
    if paid is not None and paid.is_active:
        report.find(
            refund.id,
            f"{refund.amount} of {paid.words} was refunded ({refund.id}), and the plan is still active. Cancel it "
            f"at Stripe, or, if it is to stay active, run `flask stripe accept {refund.id}`.",
        )


def check_dispute(report: Report, dispute: StripeDispute) -> None:
    """Report a dispute of a plan's payment until it is won; a lost one while it keeps the plan in force."""
    if dispute.status.is_decided_for_us:
        return
    paid = _plan_payment(dispute.payment_intent_id)
    if paid is None or (dispute.status is DisputeStatus.LOST and not paid.is_active):
        return
    due_at = dispute.evidence_due_at if dispute.status.needs_response else None
    answer = f" Answer it by {due_at:%d %B %Y}." if due_at else ""
    is_active = " The plan is still active: decide whether to cancel it." if paid.is_active else ""
    report.find(
        dispute.id,
        f"{dispute.amount} of {paid.words} is disputed ({dispute.id}, {dispute.status}).{answer}{is_active}",
    )


def check_fraud_warnings(report: Report, start: datetime) -> None:
    """Report actionable fraud warnings since `start` about payments of ours. Commits."""
    for warning in fraud_warnings.created_since(start):
        with report.about("fraud_warnings", warning.id):
            if warning.is_actionable and warning.payment_intent_id:
                _check_warning(report, warning, warning.payment_intent_id)


def _check_warning(report: Report, warning: FraudWarning, payment_intent_id: str) -> None:
    payment = intents.fetch(payment_intent_id)
    organization = find_organization(payment.customer_id, or_was=True)
    if organization is not None:
        report.find(
            warning.id,
            f"The card's bank warns that {payment.received} by {organization.name} ({organization.slug}), "
            f"{payment.id}, may be fraud ({warning.kind.replace('_', ' ')}). A dispute may follow: refund it "
            f"at Stripe, or, if it is in order, run `flask stripe accept {warning.id}`.",
        )


def _plan_payment(payment_intent_id: str | None) -> _PlanPayment | None:
    invoice_id = stripe_invoices.paid_by(payment_intent_id) if payment_intent_id else None
    if invoice_id is None:
        return None
    invoice = stripe_invoices.fetch(invoice_id)
    organization = find_organization(invoice.customer_id, or_was=True)
    if organization is None:
        return None
    row = get_subscription(organization)
    is_running = row is not None and row.status is not SubscriptionStatus.CANCELED and row.plan != FREE_PLAN
    is_over = invoice.period is not None and invoice.period[1] <= utc_now()
    return _PlanPayment(organization, invoice, is_active=is_running and not is_over)
