"""What a change of plan would cost, by Stripe's own reckoning (https://docs.stripe.com/api/invoices/create_preview)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import stripe

from app.billing.money import Money
from app.payments import price_making
from app.payments.client import stripe_client
from app.payments.errors import RefusedError, translated
from app.payments.subscription_facts import StripeSubscription


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A line of the invoice; below zero it is credit for time that was paid and not used."""

    words: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Preview:
    """The invoice that a change makes: `due` is what is charged, of its `total`.

    `balance_before` is what the customer had with Stripe before it (below zero: credit), `balance_after` what is left
    of it. `paid_until` is when the period ends that is paid with it.
    """

    lines: tuple[PreviewLine, ...]
    total: Money
    due: Money
    balance_before: Money
    balance_after: Money
    paid_until: datetime


def of_switch(subscription: StripeSubscription, price_id: str, *, as_of: datetime) -> Preview:
    """What changing the plan at once would be charged, as of a moment. Nothing is changed.

    Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`.
    """
    params: stripe.params.InvoiceCreatePreviewParams = {
        "subscription": subscription.id,
        "subscription_details": {
            "items": [{"id": subscription.item_id, "price": price_id}],
            "proration_behavior": "always_invoice",
            "proration_date": int(as_of.timestamp()),
        },
    }
    with translated():
        invoice = stripe_client().v1.invoices.create_preview(params)
    currency = invoice.currency.upper()

    def money(minor: int | None) -> Money:
        return Money.from_minor(minor or 0, currency)

    lines = tuple(PreviewLine(line.description or "", money(line.amount)) for line in invoice.lines.data)
    ends = [line.period.end for line in invoice.lines.data]
    return Preview(
        lines=lines,
        total=money(invoice.total),
        due=money(invoice.amount_due),
        balance_before=money(invoice.starting_balance),
        # Not `ending_balance`: that is null until an invoice is finalized, which a preview never is.
        balance_after=money(invoice.starting_balance + invoice.total - invoice.amount_due),
        paid_until=datetime.fromtimestamp(max(ends), UTC) if ends else subscription.period_end,
    )


def price_of(plan: str, interval: str, amount: Money) -> str:
    """The id of the price that a plan of the catalogue has at Stripe.

    Raises `RefusedError` with the code `price_missing` where Stripe sells none, or one of another amount or interval:
    then nobody can be charged what they were shown, and `flask catalog sync` is due; and as `of_switch`.
    """
    key = price_making.lookup_key(plan, interval)
    asked: stripe.params.PriceListParams = {"lookup_keys": [key], "active": True, "expand": ["data.product"]}
    with translated():
        found = stripe_client().v1.prices.list(asked).data
    # A price stays active when its product is archived, and can't be sold all the same.
    is_sold = bool(found) and isinstance(found[0].product, stripe.Product) and found[0].product.active
    if not is_sold or not price_making.charges(found[0], interval, amount):
        raise RefusedError("price_missing", f"There is no price {key} of {amount.plain} {amount.currency}.")
    return found[0].id
