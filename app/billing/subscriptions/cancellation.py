"""Canceling a plan whose renewal is not paid: the plan ends now, and the renewal is not charged any more.

The invoice is voided first. Stripe doesn't void a paid one, so of a simultaneous payment and cancellation only one
happens: who paid keeps the plan. Then the subscription is canceled
(https://docs.stripe.com/api/subscriptions/cancel). If the process is killed, a job finishes the cancellation.
"""

from __future__ import annotations

from app.billing import audit
from app.billing.audit import Actor
from app.billing.purchases import FIRST_CHECK
from app.billing.subscriptions import projection, switch_queries
from app.billing.subscriptions.renewals import NothingToPayError
from app.extensions import enqueue
from app.models import Organization, SubscriptionStatus
from app.payments import invoices, subscriptions
from app.payments.errors import RefusedError
from app.payments.statuses import StripeInvoiceStatus
from app.transaction import decided, transaction


def cancel(organization: Organization, actor: Actor) -> None:
    """Cancel the plan. Commits before Stripe is called: from then on, a job finishes it if need be.

    Raises `NothingToPayError` if the renewal was paid, or nothing is open, and what `app.payments` raises.
    """
    row = switch_queries.get_subscription(organization)
    if row is None or row.status is not SubscriptionStatus.PAST_DUE:
        raise NothingToPayError
    subscription_id, invoice_id = row.stripe_id or "", row.open_invoice_id or ""
    arguments = {"subscription_id": subscription_id, "invoice_id": invoice_id}
    with transaction():
        audit.record(organization.id, actor, "plan.canceled", row.plan, invoice=invoice_id)
        enqueue("finish_cancellation", after=FIRST_CHECK, org_id=str(organization.id), **arguments)
    decided()
    if not finish(organization, actor=actor, **arguments):
        raise NothingToPayError


def finish(
    organization: Organization, subscription_id: str, invoice_id: str, *, actor: Actor = audit.STRIPE
) -> bool:
    """Finish a cancellation; False if the renewal was paid first, so that the plan continues. Commits.

    Raises what `app.payments` raises.
    """
    found = subscriptions.fetch(subscription_id)
    is_voided = found.has_ended or _void(invoice_id)
    if is_voided and not found.has_ended:
        found = subscriptions.cancel(subscription_id)
    elif not is_voided:
        found = subscriptions.fetch(subscription_id)
    with transaction():
        projection.apply(organization, found, actor)
    return is_voided


def _void(invoice_id: str) -> bool:
    """Void an invoice; False if it was paid. There is nothing to void if none was open."""
    if not invoice_id:
        return True
    try:
        if invoices.fetch(invoice_id).status is not StripeInvoiceStatus.VOID:
            invoices.void(invoice_id)
    except RefusedError:
        if invoices.fetch(invoice_id).status is StripeInvoiceStatus.PAID:
            return False
        raise
    return True
