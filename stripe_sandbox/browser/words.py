"""How the pages write money, times and cards."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from stripe_sandbox.browser.blueprint import blueprint

BRANDS = {"amex": "American Express", "diners": "Diners Club", "jcb": "JCB", "unionpay": "UnionPay"}
# https://docs.stripe.com/currencies#zero-decimal
WITHOUT_DECIMALS = {
    "bif",
    "clp",
    "djf",
    "gnf",
    "jpy",
    "kmf",
    "krw",
    "mga",
    "pyg",
    "rwf",
    "ugx",
    "vnd",
    "vuv",
    "xaf",
    "xof",
    "xpf",
}


@blueprint.app_template_filter("sandbox_money")
def money(amount: int, currency: str) -> str:
    """An amount in the currency's smallest unit: "$50.00", "50.00 EUR"."""
    places = 0 if currency in WITHOUT_DECIMALS else 2
    value = f"{abs(Decimal(amount).scaleb(-places)):,.{places}f}"
    sign = "-" if amount < 0 else ""
    return f"{sign}${value}" if currency == "usd" else f"{sign}{value} {currency.upper()}"


@blueprint.app_template_filter("sandbox_time")
def time(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%d %B %Y, %H:%M} UTC"


@blueprint.app_template_filter("sandbox_iso")
def iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


@blueprint.app_template_filter("sandbox_card")
def card(details: dict[str, Any]) -> str:
    """A card as people know it: "Visa ending in 4242"."""
    brand = details.get("brand") or "card"
    return f"{BRANDS.get(brand, brand.title())} ending in {details.get('last4') or '····'}"
