"""Whether a paid plan's current period is paid for, by the invoices themselves.

Stripe keeps a subscription active if a period is never invoiced, as for a price that begins in the middle of its
billing cycle, and if the invoice was voided (https://docs.stripe.com/billing/subscriptions/overview#voiding-invoice).
"""

from __future__ import annotations

from fractions import Fraction

import stripe

from app.payments.client import stripe_client
from app.payments.errors import translated
from app.payments.references import price_of_line
from app.payments.statuses import StripeInvoiceStatus
from app.payments.subscription_facts import StripeSubscription

_MOST = 100
"""How many invoices are checked, newest first."""


def is_covered(found: StripeSubscription) -> bool:
    """Whether an invoice that is paid, or is being collected, is for the end of a subscription's current period.

    Credit for that time is deducted. Raises `OutcomeUnknownError`, `NotDoneError`, `RefusedError`.
    """
    last = int(found.period_end.timestamp()) - 1
    rate, rounded = Fraction(0), Fraction(0)
    params: stripe.params.InvoiceListParams = {"subscription": found.id, "limit": 20}
    with translated():
        invoices = stripe_client().v1.invoices.list(params).auto_paging_iter()
        for _, invoice in zip(range(_MOST), invoices, strict=False):
            if not _counts(invoice):
                continue
            for line in invoice.lines.data:
                length = line.period.end - line.period.start
                if not (line.period.start <= last < line.period.end):
                    continue
                if _is_given(line, found.price_id):
                    return True
                # Lines cover times of different lengths, and each is rounded separately.
                rate += Fraction(line.amount, length)
                rounded += Fraction(1, length)
            if rate > rounded:
                return True
    return False


def _counts(invoice: stripe.Invoice) -> bool:
    """Whether an invoice is paid, or still may be: an open one is retried, or owed."""
    status = StripeInvoiceStatus(invoice.status or "draft")
    is_on_its_way = status is StripeInvoiceStatus.DRAFT and bool(invoice.auto_advance)
    return status in {StripeInvoiceStatus.PAID, StripeInvoiceStatus.OPEN} or is_on_its_way


def _is_given(line: stripe.InvoiceLineItem, price_id: str) -> bool:
    """Whether a line of this price was reduced to zero by a discount, rather than not charged at all."""
    return price_of_line(line) == price_id and line.amount == 0 and bool(line.discounts)
