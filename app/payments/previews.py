"""What a change of plan would cost, calculated by Stripe (https://docs.stripe.com/api/invoices/create_preview)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import stripe

from app.money import Money
from app.payments import invoice_sums, price_creation
from app.payments.client import stripe_client
from app.payments.errors import RefusedError, translated
from app.payments.invoice_sums import SumKind, SumLine
from app.payments.references import price_of_line
from app.payments.subscription_facts import StripeSubscription
from app.payments.timestamps import to_datetime


@dataclass(frozen=True, slots=True)
class Shrinking:
    """Credit for unused time that shrinks by the second, with its tax, over the rest of the period (`left`)."""

    amount: Money
    left: timedelta


@dataclass(frozen=True, slots=True)
class Preview:
    """The invoice of a change: `due` is what is charged of its `total`, which is the sum of its lines.

    `balance_after` is what the customer then has with Stripe (below zero: credit). `paid_until` is when the period
    ends that is paid with it. `shrinking` is empty if the change is made as of the preview's own moment.
    """

    lines: tuple[SumLine, ...]
    total: Money
    due: Money
    balance_after: Money
    paid_until: datetime
    shrinking: tuple[Shrinking, ...]

    def most_more(self, within: timedelta) -> Money:
        """The most that can be added to `due` if the change is made `within` this time, because credit shrinks."""
        minor = 0
        for credit in self.shrinking:
            # By the second and linear; one unit more, because each line is rounded separately.
            shrunk = -(-credit.amount.minor * within // credit.left) + 1
            minor += min(credit.amount.minor, shrunk)
        return Money.from_minor(minor, self.due.currency)


def preview_switch(
    subscription: StripeSubscription, price_id: str, interval: str, *, as_of: datetime
) -> Preview:
    """Preview an immediate change to a price in this `interval`. Nothing is changed.

    Within an interval the preview is as of a given time, and the change can be made as of the same; a plan that
    begins a new period is previewed as of now, because it will be charged as of the time of the change.

    Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`.
    """
    details: stripe.params.InvoiceCreatePreviewParamsSubscriptionDetails = {
        "items": [{"id": subscription.item_id, "price": price_id, "quantity": subscription.quantity}],
        "proration_behavior": "always_invoice",
    }
    begins_period = subscription.begins_period(interval)
    if begins_period:
        details["billing_cycle_anchor"] = {"type": "now"}
    else:
        details["proration_date"] = int(as_of.timestamp())
    with translated():
        invoice = stripe_client().v1.invoices.create_preview(
            {
                "subscription": subscription.id,
                "subscription_details": details,
                "expand": invoice_sums.EXPANDED,
            }
        )
        sums = invoice_sums.read(invoice)
    currency = invoice.currency.upper()

    def money(minor: int | None) -> Money:
        return Money.from_minor(minor or 0, currency)

    # Pending items are on it, too, and may cover a longer period than the one that begins.
    ends = [
        line.period.end for line in invoice.lines.data if line.amount >= 0 and price_of_line(line) == price_id
    ]
    return Preview(
        lines=tuple(line for line in sums.lines if line.kind is not SumKind.BALANCE),
        total=money(invoice.total),
        due=money(invoice.amount_due),
        # Not `ending_balance`: that is null until an invoice is finalized, which a preview never is.
        balance_after=money(invoice.starting_balance + invoice.total - invoice.amount_due),
        paid_until=to_datetime(max(ends)) if ends else subscription.period_end,
        shrinking=tuple(_shrinking(invoice)) if begins_period else (),
    )


def _shrinking(invoice: stripe.Invoice) -> Iterator[Shrinking]:
    for line in invoice.lines.data:
        left = timedelta(seconds=line.period.end - line.period.start)
        if line.amount < 0 < left.total_seconds():
            taxes = sum(tax.amount for tax in line.taxes or () if tax.tax_behavior == "exclusive")
            yield Shrinking(Money.from_minor(-line.amount - taxes, invoice.currency.upper()), left)


def price_of(plan: str, interval: str, amount: Money) -> str:
    """The id of a plan's price at Stripe.

    Raises `RefusedError` with the code `price_missing` if Stripe has none, or one with another amount or interval:
    then what was shown can't be charged, and `flask catalog sync` is needed; and as `preview_switch`.
    """
    key = price_creation.lookup_key(plan, interval)
    asked: stripe.params.PriceListParams = {"lookup_keys": [key], "active": True, "expand": ["data.product"]}
    with translated():
        found = stripe_client().v1.prices.list(asked).data
    # A price stays active when its product is archived, but can't be sold.
    is_sold = bool(found) and isinstance(found[0].product, stripe.Product) and found[0].product.active
    is_sold = is_sold and price_creation.is_of(found[0], plan)
    if not is_sold or not price_creation.charges(found[0], interval, amount):
        raise RefusedError("price_missing", f"There is no price {key} of {amount.plain} {amount.currency}.")
    return found[0].id
