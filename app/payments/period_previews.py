"""What a whole period of another price costs, by Stripe's own reckoning: what each period is charged from then on.

A preview that begins a period now and prorates nothing is that and no more
(https://docs.stripe.com/api/invoices/create_preview). Discounts that will be over by then are left out, so that never
less is shown than will be charged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import stripe

from app.money import Money
from app.payments import invoice_sums
from app.payments.client import stripe_client
from app.payments.errors import translated
from app.payments.invoice_sums import Sums
from app.payments.references import id_of
from app.payments.subscription_facts import StripeSubscription


@dataclass(frozen=True, slots=True)
class NextPeriod:
    """`regular` is what the period alone costs, `all` with what waits for the next invoice and the balance of now."""

    regular: Sums
    all: Sums

    def after(self, balance: Money) -> Sums:
        """The period alone for a customer who has this balance by then: below zero it is credit."""
        due = max(self.regular.total + balance, Money.zero(balance.currency))
        return invoice_sums.with_balance(self.regular, due)


def preview_next(
    subscription: StripeSubscription, price_id: str, *, at: datetime, uses_up_discounts: bool
) -> NextPeriod:
    """A period of this price that begins `at` a moment; `uses_up_discounts` where something is invoiced before.

    Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`.
    """
    params: stripe.params.InvoiceCreatePreviewParams = {
        "subscription": subscription.id,
        "subscription_details": {
            "items": [{"id": subscription.item_id, "price": price_id, "quantity": subscription.quantity}],
            "proration_behavior": "none",
            "billing_cycle_anchor": {"type": "now"},
        },
        "expand": invoice_sums.EXPANDED,
    }
    with translated():
        client = stripe_client().v1.invoices
        invoice = client.create_preview(params)
        if leave_out_ended(params, invoice, at, uses_up=uses_up_discounts):
            invoice = client.create_preview(params)
        return NextPeriod(invoice_sums.sum_whole_periods(invoice), invoice_sums.read(invoice))


def leave_out_ended(
    params: stripe.params.InvoiceCreatePreviewParams, invoice: stripe.Invoice, at: datetime, *, uses_up: bool
) -> bool:
    """Let a preview be without the discounts that will be over `at` a moment; whether it had such.

    That Stripe itself leaves those out of what it previews is written nowhere.
    """
    lasting = [one for one in invoice.discounts if _lasts(one, at, uses_up)]
    if len(lasting) == len(invoice.discounts):
        return False
    kept = [id_ for id_ in map(id_of, lasting) if id_]
    params["discounts"] = [{"discount": id_} for id_ in kept] if kept else ""
    return True


def _lasts(discount: object, at: datetime, uses_up: bool) -> bool:
    """Whether a discount will still be taken off then."""
    if not isinstance(discount, stripe.Discount) or not isinstance(discount.source.coupon, stripe.Coupon):
        return False
    if discount.source.coupon.duration == "once":
        return not uses_up
    return discount.end is None or at.timestamp() < discount.end
