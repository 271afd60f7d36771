"""What a whole period of another price costs, calculated by Stripe: the recurring charge from then on.

A preview that begins a period now without proration is exactly that
(https://docs.stripe.com/api/invoices/create_preview). Discounts that will have ended by then are excluded, so that
the preview never shows less than will be charged.
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
    """`regular` is the cost of the period itself, `all` includes pending items and the current balance."""

    regular: Sums
    all: Sums

    def after(self, balance: Money) -> Sums:
        """The period itself for a customer with this balance: negative is credit."""
        due = max(self.regular.total + balance, Money.zero(balance.currency))
        return invoice_sums.with_balance(self.regular, due)


def preview_next(
    subscription: StripeSubscription, price_id: str, *, at: datetime, uses_up_discounts: bool
) -> NextPeriod:
    """Preview a period of this price that begins `at`; `uses_up_discounts` if something is invoiced before.

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
    """Exclude discounts that will have ended by `at` from a preview; returns whether there were any.

    Stripe doesn't document whether its previews exclude them.
    """
    lasting = [one for one in invoice.discounts if _lasts(one, at, uses_up)]
    if len(lasting) == len(invoice.discounts):
        return False
    kept = [id_ for id_ in map(id_of, lasting) if id_]
    params["discounts"] = [{"discount": id_} for id_ in kept] if kept else ""
    return True


def _lasts(discount: object, at: datetime, uses_up: bool) -> bool:
    """Whether a discount will still apply then."""
    if not isinstance(discount, stripe.Discount) or not isinstance(discount.source.coupon, stripe.Coupon):
        return False
    if discount.source.coupon.duration == "once":
        return not uses_up
    return discount.end is None or at.timestamp() < discount.end
