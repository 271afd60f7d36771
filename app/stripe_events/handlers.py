"""One handler per kind of event. Each gets the object's id and returns whether it concerns something of ours.

What a handler writes but doesn't commit is committed together with the outcome of its event
(`app.stripe_events.handling`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.billing import audit, invoices, plans, topups
from app.billing.cards import default_at_stripe, payment_methods
from app.billing.customers.queries import find_organization
from app.billing.mail import notices
from app.billing.subscriptions import get_subscription, renewal_failures, renewals, sync
from app.billing.topups import disputes, refunds
from app.clock import utc_now
from app.database import locks
from app.extensions import db, enqueue
from app.models import Organization, PaymentMethod, SubscriptionStatus
from app.payments import cards, customers, intents, subscriptions
from app.payments import disputes as stripe_disputes
from app.payments import invoices as stripe_invoices
from app.payments import refunds as stripe_refunds
from app.payments.cards import Card
from app.payments.errors import RefusedError
from app.payments.invoices import StripeInvoice
from app.payments.statuses import StripeInvoiceStatus
from app.transaction import transaction


class UnknownCustomerError(Exception):
    """An event is about a customer whom no organization here has; perhaps it only isn't recorded."""

    def __init__(self, customer_id: str) -> None:
        super().__init__(f"No organization here has customer {customer_id}.")
        self.customer_id = customer_id


def payment_intent(payment_intent_id: str) -> bool:
    """A payment changed: settle its top-up."""
    payment = intents.fetch(payment_intent_id)
    if payment.top_up_id is not None:
        _organization_of(payment.customer_id, or_was=True)
    top_up = topups.find_or_recreate(payment)
    if top_up is None:
        return False
    topups.settle(top_up.org_id, top_up.id, payment)
    return True


def setup_intent(setup_intent_id: str) -> bool:
    """A card was saved, perhaps by a browser that was closed before it could report back."""
    setup = cards.fetch_setup(setup_intent_id)
    organization = _organization_of(setup.customer_id)
    if organization is None or setup.card is None:
        return False
    payment_methods.record(organization, setup.card, audit.STRIPE)
    return True


def payment_method(payment_method_id: str) -> bool:
    """A card of ours was attached, its bank gave it a new number or expiry, or Stripe no longer has it."""
    card = _attached(payment_method_id)
    if card is None:
        return _remove_card(payment_method_id)
    organization = _organization_of(card.customer_id)
    if organization is None:
        return False
    payment_methods.record(organization, card, audit.STRIPE)
    return True


def payment_method_detached(payment_method_id: str) -> bool:
    """A card was detached, here or in Stripe's dashboard; unless it has been attached again since."""
    return _attached(payment_method_id) is None and _remove_card(payment_method_id)


def refund(refund_id: str) -> bool:
    """A refund was made, or failed: deduct its credit from the wallet, or return it."""
    return refunds.apply(stripe_refunds.fetch(refund_id)).is_ours


def dispute(dispute_id: str) -> bool:
    """A dispute was opened, or decided: deduct its credit from the wallet, or return it."""
    return disputes.apply(stripe_disputes.fetch(dispute_id)).is_ours


def fraud_warning(_: str) -> bool:
    """A card's bank warns of fraud: reconcile now, so that operators are notified before a dispute follows."""
    enqueue("reconcile", timestamp=0)
    return True


def customer(customer_id: str) -> bool:
    """A customer of ours changed, perhaps its default card.

    A deleted one is removed with its cards; the next card creates a new one.
    """
    organization = _organization_of(customer_id)
    if organization is None:
        return False
    if customers.is_deleted(customer_id):
        payment_methods.record_customer_deleted(organization, customer_id)
        return True
    row = get_subscription(organization)
    if row is None or row.stripe_id is None or row.status is SubscriptionStatus.CANCELED:
        default_at_stripe.follow_customer(organization, customer_id)
        return True
    # Its credit, discount or address may have changed: the plan's next charge depends on each.
    return subscription(row.stripe_id)


def invoice(invoice_id: str) -> bool:
    """An invoice was issued, paid, or written off: store it."""
    return _store_invoice(invoice_id) is not None


def invoice_payment_failed(invoice_id: str) -> bool:
    """An invoice could not be charged: record that, and notify the people who pay it, unless it was paid since."""
    now = utc_now()
    # Each step is complete in itself, and nothing stays locked while Stripe is called for the next.
    with transaction():
        kept = _store_invoice(invoice_id, failed_at=now)
    if kept is None:
        return False
    organization, found = kept
    if found.status is StripeInvoiceStatus.OPEN:
        # So that the email says how long the plan stays in force, whichever of the two events comes first.
        row = get_subscription(organization)
        if row is not None and row.stripe_id is not None:
            subscription(row.stripe_id)
        renewal_failures.refresh(organization, again=True)
        pay_by = renewals.last_day_for(organization, invoice_id)
        plan = plans.gather(organization).name if pay_by else None
        notices.invoice_failed(organization.id, found, at=now, plan=plan, pay_by=pay_by)
    return True


def subscription(subscription_id: str) -> bool:
    """A subscription changed: sync the plan, and find out why a renewal was not paid. Commits."""
    locks.advisory_lock(db.session(), subscription_id)
    found = subscriptions.fetch(subscription_id)
    organization = _organization_of(found.customer_id, or_was=True)
    if organization is None:
        return False
    return sync.sync_subscription(organization, found).outcome.is_ours


def schedule(schedule_id: str) -> bool:
    """A scheduled change of a subscription was edited or carried out."""
    subscription_id = subscriptions.subscription_of_schedule(schedule_id)
    return subscription_id is not None and subscription(subscription_id)


def _store_invoice(
    invoice_id: str, *, failed_at: datetime | None = None
) -> tuple[Organization, StripeInvoice] | None:
    """Fetch and store an invoice; None if it concerns nothing of ours, or is a draft."""
    # So that of two simultaneous fetches, the later one also writes last.
    locks.advisory_lock(db.session(), invoice_id)
    found = stripe_invoices.fetch(invoice_id)
    organization = _organization_of(found.customer_id, or_was=True)
    if organization is None or not invoices.upsert(organization, found, failed_at=failed_at):
        return None
    return organization, found


def _organization_of(customer_id: str | None, *, or_was: bool = False) -> Organization | None:
    """The organization of a customer. Raises `UnknownCustomerError` for one that none has or had."""
    found = find_organization(customer_id, or_was=or_was)
    if found is None and customer_id and (or_was or find_organization(customer_id, or_was=True) is None):
        raise UnknownCustomerError(customer_id)
    return found


def _attached(payment_method_id: str) -> Card | None:
    """A card as Stripe has it now; None if it belongs to no customer, or isn't a card."""
    try:
        return cards.fetch_attached(payment_method_id)
    except RefusedError as error:
        if error.code == "not_a_card":
            return None
        raise


def _remove_card(payment_method_id: str) -> bool:
    method = db.session.scalar(select(PaymentMethod).where(PaymentMethod.stripe_id == payment_method_id))
    return method is not None and payment_methods.record_detached(method.org_id, payment_method_id)
