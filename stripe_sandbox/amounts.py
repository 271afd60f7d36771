"""How amounts are written, on pages and on the lines of invoices."""

from __future__ import annotations

from decimal import Decimal

from stripe_sandbox.currencies import WITHOUT_DECIMALS


def money(amount: int, currency: str) -> str:
    """An amount in the currency's smallest unit: "$50.00", "50.00 EUR"."""
    places = 0 if currency in WITHOUT_DECIMALS else 2
    value = f"{abs(Decimal(amount).scaleb(-places)):,.{places}f}"
    sign = "-" if amount < 0 else ""
    return f"{sign}${value}" if currency == "usd" else f"{sign}{value} {currency.upper()}"
