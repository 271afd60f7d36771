"""Taxes on the lines of invoices: by rates that were set by hand, or automatic.

After discounts, rate by rate and line by line (https://docs.stripe.com/billing/taxes/tax-rates; that a line's tax is
rounded by itself, half a unit away from zero: unverified). An inclusive rate is part of the price, an exclusive one
comes on top (https://support.stripe.com/questions/inclusive-and-exclusive-tax-options-in-the-tax-rate-api-and-stripe-tax);
where a line has both, the exclusive ones are on what is left without the inclusive ones: unverified.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from stripe_sandbox.resources.billing.discount_sums import rounded

_EXEMPT = {"exempt": "customer_exempt", "reverse": "reverse_charge"}
"""Why a customer pays none (https://docs.stripe.com/tax/zero-tax)."""


def of_line(
    net: int, rates: list[dict[str, Any]], customer: dict[str, Any], *, is_automatic: bool
) -> list[dict[str, Any]]:
    """The taxes of a line that costs `net` after discounts."""
    included = sum((_part(rate) for rate in rates if rate["inclusive"]), Fraction(0))
    before = net / (1 + included)
    reason = _EXEMPT.get(customer["tax_exempt"])
    made = []
    for rate in rates:
        amount = 0 if reason else rounded(before * _part(rate))
        made.append(
            {
                "amount": amount,
                "tax_behavior": "inclusive" if rate["inclusive"] else "exclusive",
                "tax_rate_details": {"tax_rate": rate["id"]},
                "taxability_reason": reason or ("standard_rated" if is_automatic else "not_available"),
                "taxable_amount": 0 if reason else rounded(Fraction(before)),
                "type": "tax_rate_details",
            }
        )
    return made


def given_back(taxes: list[dict[str, Any]], share: Fraction) -> list[dict[str, Any]]:
    """The taxes of a credit: of what was debited, the part that is credited."""
    return [
        tax
        | {
            "amount": -rounded(tax["amount"] * share),
            "taxable_amount": -rounded((tax["taxable_amount"] or 0) * share),
        }
        for tax in taxes
    ]


def totals(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The taxes of all lines by rate, as an invoice has them."""
    made: dict[tuple[str, str], dict[str, Any]] = {}
    for tax in (one for line in lines for one in line["taxes"] or []):
        key = tax["tax_rate_details"]["tax_rate"], tax["taxability_reason"]
        kept = made.setdefault(key, tax | {"amount": 0, "taxable_amount": 0})
        kept["amount"] += tax["amount"]
        kept["taxable_amount"] += tax["taxable_amount"]
    return list(made.values())


def _part(rate: dict[str, Any]) -> Fraction:
    return Fraction(str(rate["percentage"])) / 100
