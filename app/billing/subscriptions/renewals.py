"""Unpaid renewals: paying them with a working card, and what happens to the plan until then.

Stripe retries automatically. A plan stays in force until the deadline (`app.billing.plans.grace`); from then on the
free plan's limits and rates are in force, until the renewal is paid or the subscription ends.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app import return_addresses
from app.billing import audit
from app.billing.audit import Actor
from app.billing.cards import payment_methods
from app.billing.plans import grace
from app.billing.subscriptions import renewal_failures, suspension, switch_queries, sync
from app.models import Organization
from app.money import Money
from app.payments import charging, intents, invoices
from app.payments.errors import PaymentsError
from app.payments.intents import Payment
from app.payments.statuses import StripeInvoiceStatus
from app.transaction import decided, transaction


class NothingToPayError(Exception):
    """No renewal is open: it was paid meanwhile, or written off."""


@dataclass(frozen=True, slots=True)
class AmountDue:
    """The amount due of a renewal, and the payment that was attempted, if any."""

    due: Money
    payment: Payment | None


def pay(organization: Organization, card_id: UUID, actor: Actor) -> Payment:
    """Pay the open renewal with this card, the payer being present. Commits.

    It is paid only once, however often this is called: an invoice has one payment intent, which can't be paid twice.
    Raises `NothingToPayError`, `CardNotUsableError`, and what `app.payments` raises.
    """
    card = payment_methods.usable(organization, card_id)
    invoice_id = _open_invoice_of(organization, actor)
    if invoice_id is None:
        raise NothingToPayError
    intent_id = invoices.payment_of(invoice_id)
    with transaction():
        audit.record(organization.id, actor, "renewal.paid_for", invoice_id, card=card.label)
    decided()
    if intent_id is None:
        # There was no card when it was due, so no payment was attempted.
        payment = intents.fetch(invoices.pay_with(invoice_id, card.stripe_id))
    else:
        before = intents.fetch(intent_id)
        payment = charging.pay_with(
            intent_id,
            card.stripe_id,
            return_url=return_addresses.renewal(organization.slug),
            # A new attempt after a decline is another request.
            key=f"renewal:{intent_id}:{card.id}:{before.charge_id}:{before.status}",
        )
    if payment.succeeded:
        # It is paid in any case: if Stripe doesn't report the plan in time, its events will.
        with suppress(PaymentsError):
            refresh(organization, actor)
    elif payment.decline_code is not None:
        renewal_failures.record(organization, invoice_id, payment.decline_code)
    return payment


def get_due(organization: Organization) -> AmountDue | None:
    """The open renewal as Stripe has it now, if there is one. Raises what `app.payments` raises.

    Commits if it was paid or written off at Stripe: then the plan is synced first.
    """
    invoice_id = _open_invoice_of(organization, audit.STRIPE)
    if invoice_id is None:
        return None
    intent_id = invoices.payment_of(invoice_id)
    due = invoices.fetch(invoice_id).due
    return AmountDue(due, intents.fetch(intent_id) if intent_id else None)


def _open_invoice_of(organization: Organization, actor: Actor) -> str | None:
    """The open invoice; None if it was paid, voided or written off at Stripe."""
    row = switch_queries.get_subscription(organization)
    if (
        row is not None
        and row.open_invoice_id
        and invoices.fetch(row.open_invoice_id).status is not StripeInvoiceStatus.OPEN
    ):
        refresh(organization, actor)
        row = switch_queries.get_subscription(organization)
    return row.open_invoice_id if row else None


def refresh(organization: Organization, actor: Actor = audit.STRIPE) -> None:
    """Refresh the renewal from Stripe. Commits. Raises what `app.payments` raises."""
    if sync.refresh_plan(organization, actor):
        renewal_failures.refresh(organization)


def suspend_overdue() -> int:
    """Record the suspension for everyone whose deadline has passed; returns how many. Commits each."""
    return suspension.suspend_overdue()


def last_day_for(organization: Organization, invoice_id: str) -> date | None:
    """The last day on which the plan stays in force without payment of this invoice; None if it isn't an open
    renewal."""
    row = switch_queries.get_subscription(organization)
    found = grace.deadline_of(organization, row)
    return found.last_day if row and found and row.open_invoice_id == invoice_id else None
