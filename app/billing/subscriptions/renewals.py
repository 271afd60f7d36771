"""Renewals that were not paid: paying them with a card that works, and what happens to the plan until then.

Stripe tries again by itself. A plan goes on until the deadline (`app.billing.plans.grace`); from then on the free
plan's limits and rates are in force, until the renewal is paid or the subscription ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app import return_addresses
from app.billing import audit
from app.billing.audit import Actor
from app.billing.cards import payment_methods
from app.billing.plans import grace
from app.billing.subscriptions import projection, replacing, suspension, switch_queries
from app.billing.wallet import ledger
from app.extensions import db
from app.models import Organization
from app.money import Money
from app.payments import intents, invoices, subscriptions
from app.payments.errors import PaymentsError
from app.payments.intents import Payment


class NothingToPayError(Exception):
    """No renewal is open: it was paid meanwhile, or given up."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What is open of a renewal, and the payment that was tried for it, if one was."""

    due: Money
    payment: Payment | None


def pay(organization: Organization, card_id: UUID, actor: Actor) -> Payment:
    """Pay the open renewal with this card, the payer being present. Commits.

    However often this is sent it is paid once: an invoice has one payment intent, which can't be paid twice. Raises
    `NothingToPayError`, `CardNotUsableError`, and what `app.payments` raises.
    """
    card = payment_methods.usable(organization, card_id)
    invoice_id = _open_invoice_of(organization, actor)
    if invoice_id is None:
        raise NothingToPayError
    intent_id = invoices.payment_of(invoice_id)
    audit.record(organization.id, actor, "renewal.paid_for", invoice_id, card=card.label)
    db.session.commit()
    if intent_id is None:
        # No card was there when it was due, so nothing was tried.
        payment = intents.fetch(invoices.pay_with(invoice_id, card.stripe_id))
    else:
        before = intents.fetch(intent_id)
        payment = intents.pay_with(
            intent_id,
            card.stripe_id,
            return_url=return_addresses.renewal(organization.slug),
            # A new try after a decline is another request.
            key=f"renewal:{intent_id}:{card.id}:{before.charge_id}:{before.status}",
        )
    if payment.succeeded:
        # Paid is paid: where Stripe doesn't say what became of the plan in time, its events do.
        try:
            refresh(organization, actor)
        except PaymentsError:
            db.session.rollback()
    elif payment.decline_code is not None and invoice_id is not None:
        _note_failure(organization, invoice_id, payment.decline_code)
        db.session.commit()
    return payment


def owed(organization: Organization) -> Owed | None:
    """The open renewal as Stripe has it now, if there is one. Raises what `app.payments` raises.

    Commits where it was paid or given up at Stripe: then the plan is brought in line first.
    """
    invoice_id = _open_invoice_of(organization, audit.STRIPE)
    if invoice_id is None:
        return None
    intent_id = invoices.payment_of(invoice_id)
    due = invoices.fetch(invoice_id).due
    return Owed(due, intents.fetch(intent_id) if intent_id else None)


def _open_invoice_of(organization: Organization, actor: Actor) -> str | None:
    """The invoice that is to be paid. One that was paid, voided or written off at Stripe is so no more."""
    row = switch_queries.subscription_of(organization)
    if row is not None and row.open_invoice_id and invoices.fetch(row.open_invoice_id).status != "open":
        refresh(organization, actor)
        row = switch_queries.subscription_of(organization)
    return row.open_invoice_id if row else None


def refresh(organization: Organization, actor: Actor = audit.STRIPE) -> None:
    """Bring the plan in line with the subscription as it is now. Commits. Raises what `app.payments` raises."""
    row = switch_queries.subscription_of(organization)
    if row is not None and row.stripe_id is not None:
        found = replacing.settle(organization, subscriptions.fetch(row.stripe_id))
        projection.apply(organization, found, actor)
        learn_failure(organization)


def learn_failure(organization: Organization, *, again: bool = False) -> None:
    """Find out why the open renewal was not paid, unless that is known; `again` after another attempt has failed.

    Whichever event comes first, and also where none comes. Commits, before Stripe is asked and after. Raises
    what `app.payments` raises.
    """
    db.session.commit()
    row = switch_queries.subscription_of(organization)
    if row is None or row.open_invoice_id is None or (row.failure is not None and not again):
        return
    invoice_id = row.open_invoice_id
    intent_id = invoices.payment_of(invoice_id)
    code = _why(intents.fetch(intent_id)) if intent_id else "no_card"
    if code is not None:
        _note_failure(organization, invoice_id, code)
    db.session.commit()


def _why(payment: Payment) -> str | None:
    """Stripe's code of why a payment was not made; None where it says none."""
    return "authentication_required" if payment.status == "requires_action" else payment.decline_code


def _note_failure(organization: Organization, invoice_id: str, code: str) -> None:
    """Keep why an invoice was not paid, where it is still the open renewal. In the caller's transaction."""
    wallet = ledger.lock(organization.id)
    row = suspension.lock(organization)
    if row is not None and row.open_invoice_id == invoice_id and row.failure != code:
        row.failure = code
        wallet.version += 1
    db.session.flush()


def suspend_overdue() -> int:
    """Note it for everyone whose deadline has passed; for how many. Commits each."""
    return suspension.suspend_overdue()


def last_day_for(organization: Organization, invoice_id: str) -> date | None:
    """The last day on which the plan goes on without payment of this invoice; None where it is no open renewal."""
    row = switch_queries.subscription_of(organization)
    found = grace.deadline_of(organization, row)
    return found.last_day if row and found and row.open_invoice_id == invoice_id else None
