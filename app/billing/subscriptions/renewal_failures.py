"""Why a renewal was not paid: read at Stripe, and stored with the plan while that renewal is open."""

from __future__ import annotations

from app.billing.subscriptions import suspension, switch_queries
from app.billing.wallet import ledger
from app.models import Organization
from app.payments import intents, invoices
from app.payments.intents import Payment
from app.transaction import transaction


def refresh(organization: Organization, *, again: bool = False) -> None:
    """Find out why the open renewal was not paid, unless that is known; `again` after another failed attempt.

    Independent of which event comes first, or whether any does. Commits. Raises what `app.payments` raises.
    """
    row = switch_queries.get_subscription(organization)
    if row is None or row.open_invoice_id is None or (row.failure is not None and not again):
        return
    invoice_id = row.open_invoice_id
    intent_id = invoices.payment_of(invoice_id)
    code = _why(intents.fetch(intent_id)) if intent_id else "no_card"
    if code is not None:
        record(organization, invoice_id, code)


def record(organization: Organization, invoice_id: str, code: str) -> None:
    """Store why an invoice was not paid, if it is still the open renewal. Commits."""
    with transaction():
        wallet = ledger.lock(organization.id)
        row = suspension.lock(organization)
        if row is not None and row.open_invoice_id == invoice_id and row.failure != code:
            row.failure = code
            wallet.version += 1


def _why(payment: Payment) -> str | None:
    """Stripe's code for why a payment failed; None if it has none."""
    return "authentication_required" if payment.requires_action else payment.decline_code
