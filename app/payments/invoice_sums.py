"""The breakdown of an invoice or a preview: Stripe's lines, discounts, taxes and the customer's balance.

In the order in which Stripe adds them up, so that a page can show every line behind a total (the fields `subtotal`,
`total_discount_amounts`, `total_taxes`, `total` and `amount_due` of https://docs.stripe.com/api/invoices/object).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import stripe

from app.language import marked
from app.money import Money
from app.payments import discount_labels, tax_labels

EXPANDED = ["discounts.source.coupon", "discounts.promotion_code"]
"""What has to be expanded on an invoice to get the names of its discounts."""


class SumKind(StrEnum):
    """The kind of a line. A tax included in the prices is shown, but not added."""

    CHARGE = "charge"
    DISCOUNT = "discount"
    TAX = "tax"
    INCLUDED_TAX = "included_tax"
    BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class SumLine:
    """A line of a breakdown; negative if it is deducted. `words` are in English, or as Stripe says them: people read
    `app.web.sum_text` of them."""

    words: str
    amount: Money
    kind: SumKind

    @property
    def is_added(self) -> bool:
        return self.kind is not SumKind.INCLUDED_TAX


@dataclass(frozen=True, slots=True)
class Sums:
    """`total` is after discounts and taxes, and `due` what is charged. The added lines sum up to `due`."""

    lines: tuple[SumLine, ...]
    total: Money
    due: Money

    @property
    def is_plain(self) -> bool:
        """Whether a single price is all that is charged."""
        return len(self.lines) == 1

    @property
    def taxes(self) -> tuple[SumLine, ...]:
        """The taxes, added or included in the prices."""
        return self.of(SumKind.TAX, SumKind.INCLUDED_TAX)

    def of(self, *kinds: SumKind) -> tuple[SumLine, ...]:
        """The lines of these kinds."""
        return tuple(line for line in self.lines if line.kind in kinds)


def read(invoice: stripe.Invoice) -> Sums:
    """The sums of an invoice with `EXPANDED` expanded. May fetch the names of tax rates from Stripe."""
    currency = invoice.currency.upper()
    names = discount_labels.list_labels(invoice.discounts)
    taxes = [(tax.tax_behavior, tax) for tax in invoice.total_taxes or ()]
    lines = [
        *(_charge(line, names, currency) for line in invoice.lines.data),
        *_discounts(
            ((one.discount, one.amount) for one in invoice.total_discount_amounts or ()), names, currency
        ),
        *(
            _tax(tax_labels.get_label(invoice, tax), tax.amount, behavior, currency)
            for behavior, tax in taxes
            if tax.amount or tax_labels.is_shown_at_zero(tax)
        ),
        *_balance(invoice),
    ]
    return Sums(
        tuple(lines),
        Money.from_minor(invoice.total, currency),
        Money.from_minor(invoice.amount_due, currency),
    )


def sum_whole_periods(invoice: stripe.Invoice) -> Sums:
    """The sums of the lines that charge for a whole period, and so recur with each."""
    currency = invoice.currency.upper()
    names = discount_labels.list_labels(invoice.discounts)
    whole = [line for line in invoice.lines.data if not is_proration(line)]
    off, taxes = Counter[str](), Counter[tuple[str, str]]()
    for line in whole:
        for one in line.discount_amounts or ():
            off[discount_labels.get_id(one.discount)] += one.amount
        for tax in line.taxes or ():
            taxes[tax_labels.get_label(invoice, tax), tax.tax_behavior] += tax.amount
    lines = (
        *(_charge(line, names, currency) for line in whole),
        *_discounts(off.items(), names, currency),
        *(_tax(words, amount, behavior, currency) for (words, behavior), amount in taxes.items() if amount),
    )
    total = sum((line.amount for line in lines if line.is_added), Money.zero(currency))
    return Sums(lines, total, max(total, Money.zero(currency)))


def with_balance(sums: Sums, due: Money) -> Sums:
    """Sums with `due` charged, and a line for the difference from the customer's balance."""
    line = _moved(sums.total, due, has_credit=due < sums.total)
    return Sums((*sums.lines, *line), sums.total, due)


def is_proration(line: stripe.InvoiceLineItem) -> bool:
    """Whether a line is for a part of a period."""
    parent = line.parent
    details = parent and (parent.subscription_item_details or parent.invoice_item_details)
    return bool(details and details.proration)


def _charge(line: stripe.InvoiceLineItem, names: dict[str, str], currency: str) -> SumLine:
    """Prorations already include their discounts in their amounts; their description says so."""
    within = [names[id_] for id_ in map(discount_labels.get_id, line.discounts or ()) if id_ in names]
    words = line.description or ""
    if within and is_proration(line):
        words = f"{words} ({', '.join(within)} included)"
    return SumLine(words, Money.from_minor(line.amount, currency), SumKind.CHARGE)


def _discounts(
    amounts: Iterable[tuple[object, int]], names: dict[str, str], currency: str
) -> Iterator[SumLine]:
    for discount, amount in amounts:
        if amount:
            words = names.get(discount_labels.get_id(discount), discount_labels.UNNAMED)
            yield SumLine(words, Money.from_minor(-amount, currency), SumKind.DISCOUNT)


def _tax(words: str, amount: int, behavior: str, currency: str) -> SumLine:
    kind = SumKind.INCLUDED_TAX if behavior == "inclusive" else SumKind.TAX
    return SumLine(words, Money.from_minor(amount, currency), kind)


def _balance(invoice: stripe.Invoice) -> Iterator[SumLine]:
    """What the customer's balance adds or deducts, from the totals before and after it."""
    currency = invoice.currency.upper()
    total, due = Money.from_minor(invoice.total, currency), Money.from_minor(invoice.amount_due, currency)
    return _moved(total, due, has_credit=invoice.starting_balance < 0)


def _moved(total: Money, due: Money, *, has_credit: bool) -> Iterator[SumLine]:
    if due == total:
        return
    if total < Money.zero(total.currency):
        words = marked("Credit for future invoices")
    elif due > total:
        words = marked("Owed from earlier invoices")
    elif has_credit:
        words = marked("Your invoice credit")
    else:
        words = marked("Too little to charge: added to the next invoice")
    yield SumLine(words, due - total, SumKind.BALANCE)
