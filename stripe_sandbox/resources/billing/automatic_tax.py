"""Automatic tax: a rate for where the customer is (https://docs.stripe.com/tax/invoicing).

Outside of the United States and Canada a country is enough; there a postal code is needed, or in Canada the province.
One flat rate a country stands for Stripe's own; elsewhere nothing is collected. Whether a price includes tax is said
by its `tax_behavior` (https://docs.stripe.com/tax/products-prices-tax-codes-tax-behavior), or else, as by Stripe's
automatic default, included in all currencies but the dollars of the United States and Canada: unverified.
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox.context import Call
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.billing import tax_rates

_RATES: dict[str, tuple[str, str, float]] = {
    "AT": ("VAT", "vat", 20.0),
    "CA": ("GST", "gst", 5.0),
    "DE": ("VAT", "vat", 19.0),
    "ES": ("VAT", "vat", 21.0),
    "FR": ("VAT", "vat", 20.0),
    "GB": ("VAT", "vat", 20.0),
    "IE": ("VAT", "vat", 23.0),
    "IT": ("VAT", "vat", 22.0),
    "NL": ("VAT", "vat", 21.0),
    "US": ("Sales tax", "sales_tax", 8.25),
}
_EXCLUSIVE = {"usd", "cad"}


def location(customer: dict[str, Any]) -> str | None:
    """The country in which a customer is taxed; None where too little of the address is known."""
    address = customer["address"] or {}
    country = address.get("country")
    if country == "US":
        code = address.get("postal_code") or ""
        return country if len(code) >= 5 and code[:5].isdecimal() else None
    if country == "CA":
        return country if address.get("state") or address.get("postal_code") else None
    return country or None


def check(customer: dict[str, Any], param: str) -> None:
    """Raises 400 for a customer whose tax can't be found out (https://docs.stripe.com/error-codes)."""
    if location(customer) is None:
        message = (
            "The customer's location isn't recognized. Set a valid customer address in order to automatically"
            " calculate tax."
        )
        raise invalid(message, code="customer_tax_location_invalid", param=param)


def rate_for(call: Call, customer: dict[str, Any], price: str | None, currency: str) -> list[dict[str, Any]]:
    """The rate of a line, made at its first use and archived immediately, as Stripe makes them; none elsewhere."""
    country = location(customer)
    if country not in _RATES:
        return []
    name, kind, percentage = _RATES[country]
    found = call.store.get(price, "price") if price else None
    behavior = found["tax_behavior"] if found else "unspecified"
    is_inclusive = behavior == "inclusive" or (behavior == "unspecified" and currency not in _EXCLUSIVE)
    for rate in call.store.all("tax_rate", {"country": country, "inclusive": is_inclusive}):
        if not rate["active"] and (rate["percentage"], rate["tax_type"]) == (percentage, kind):
            return [rate]
    described = {"country": country, "display_name": name, "jurisdiction": country, "tax_type": kind}
    return [
        tax_rates.add(call, percentage, inclusive=is_inclusive, jurisdiction_level="country", **described)
    ]
