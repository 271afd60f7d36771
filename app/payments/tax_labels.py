"""Taxes as pages name them: by the name of their rate and its percentage."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

import stripe

from app.language import marked
from app.payments.client import stripe_client

_EXEMPT = {"reverse_charge": "reverse charge", "customer_exempt": "exempt"}
"""Why a tax is zero, if that needs a line (https://docs.stripe.com/tax/zero-tax)."""


class _Tax(Protocol):
    """A tax of an invoice, or of one of its lines."""

    taxability_reason: str


def get_label(invoice: stripe.Invoice, tax: stripe.Invoice.TotalTax | stripe.InvoiceLineItem.Tax) -> str:
    """Like `VAT 19%`, or `VAT 19% (reverse charge)`."""
    rate_id = tax.tax_rate_details.tax_rate if tax.tax_rate_details else None
    known = {rate.id: (rate.display_name, rate.percentage) for rate in invoice.default_tax_rates}
    if rate_id is None:
        words = marked("Tax")
    else:
        name, percentage = known.get(rate_id) or _rate(rate_id)
        words = f"{name} {percentage:g}%"
    reason = _EXEMPT.get(tax.taxability_reason)
    return f"{words} ({reason})" if reason else words


def is_shown_at_zero(tax: _Tax) -> bool:
    """Whether a zero tax needs a line, because an invoice has to state the reason."""
    return tax.taxability_reason in _EXEMPT


@lru_cache(maxsize=256)
def _rate(rate_id: str) -> tuple[str, float]:
    """Name and percentage of a rate, whose percentage never changes
    (https://docs.stripe.com/billing/taxes/tax-rates)."""
    rate = stripe_client().v1.tax_rates.retrieve(rate_id)
    return rate.display_name, rate.effective_percentage or rate.percentage
