"""What a change of plan would cost, by Stripe's own reckoning (https://docs.stripe.com/api/invoices/create_preview)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import stripe

from app.money import Money
from app.payments import invoice_sums, price_making
from app.payments.client import stripe_client
from app.payments.errors import RefusedError, translated
from app.payments.invoice_sums import SumKind, SumLine
from app.payments.moments import moment
from app.payments.references import price_of_line
from app.payments.subscription_facts import StripeSubscription


@dataclass(frozen=True, slots=True)
class Shrinking:
    """Credit for unused time that is worth less by the second, with its tax, over what is `left` of the period."""

    amount: Money
    left: timedelta


@dataclass(frozen=True, slots=True)
class Preview:
    """The invoice that a change makes: `due` is what is charged, of its `total`, to which its lines add up.

    `balance_after` is what the customer then has with Stripe (below zero: credit). `paid_until` is when the period
    ends that is paid with it. `shrinking` is empty where the change is made as of the preview's own moment.
    """

    lines: tuple[SumLine, ...]
    total: Money
    due: Money
    balance_after: Money
    paid_until: datetime
    shrinking: tuple[Shrinking, ...]

    def most_more(self, within: timedelta) -> Money:
        """How much more can be due at most when the change is made `within` a time, for the credit that shrinks."""
        minor = 0
        for credit in self.shrinking:
            # To the second and linear; one unit more, because each line is rounded by itself.
            shrunk = -(-credit.amount.minor * within // credit.left) + 1
            minor += min(credit.amount.minor, shrunk)
        return Money.from_minor(minor, self.due.currency)


def preview_switch(
    subscription: StripeSubscription, price_id: str, interval: str, *, as_of: datetime
) -> Preview:
    """What changing the plan immediately would be charged, to a price by this `interval`. Nothing is changed.

    Within an interval it is as of a moment, and the change can be made as of the same; a plan that begins its
    period is previewed as of now, as it will be charged as of then.

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

    # What waited for an invoice is on it, too, and may be for a longer period than the one that begins.
    ends = [
        line.period.end for line in invoice.lines.data if line.amount >= 0 and price_of_line(line) == price_id
    ]
    return Preview(
        lines=tuple(line for line in sums.lines if line.kind is not SumKind.BALANCE),
        total=money(invoice.total),
        due=money(invoice.amount_due),
        # Not `ending_balance`: that is null until an invoice is finalized, which a preview never is.
        balance_after=money(invoice.starting_balance + invoice.total - invoice.amount_due),
        paid_until=moment(max(ends)) if ends else subscription.period_end,
        shrinking=tuple(_shrinking(invoice)) if begins_period else (),
    )


def _shrinking(invoice: stripe.Invoice) -> Iterator[Shrinking]:
    for line in invoice.lines.data:
        left = timedelta(seconds=line.period.end - line.period.start)
        if line.amount < 0 < left.total_seconds():
            taxes = sum(tax.amount for tax in line.taxes or () if tax.tax_behavior == "exclusive")
            yield Shrinking(Money.from_minor(-line.amount - taxes, invoice.currency.upper()), left)


def price_of(plan: str, interval: str, amount: Money) -> str:
    """The id of the price that a plan of the catalog has at Stripe.

    Raises `RefusedError` with the code `price_missing` where Stripe sells none, or one of another amount or interval:
    then no one can be charged what they were shown, and `flask catalog sync` is due; and as `preview_switch`.
    """
    key = price_making.lookup_key(plan, interval)
    asked: stripe.params.PriceListParams = {"lookup_keys": [key], "active": True, "expand": ["data.product"]}
    with translated():
        found = stripe_client().v1.prices.list(asked).data
    # A price stays active when its product is archived, and can't be sold all the same.
    is_sold = bool(found) and isinstance(found[0].product, stripe.Product) and found[0].product.active
    is_sold = is_sold and price_making.is_of(found[0], plan)
    if not is_sold or not price_making.charges(found[0], interval, amount):
        raise RefusedError("price_missing", f"There is no price {key} of {amount.plain} {amount.currency}.")
    return found[0].id
