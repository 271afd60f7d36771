"""Currencies: how many decimals their amounts have, the least that is charged, and those whose decimals are 00.

https://docs.stripe.com/currencies, read on 28 November 2026. Of a currency that its list doesn't have, the least is
that of the bank account's currency; here half of one.
"""

from __future__ import annotations

import re

from stripe_sandbox.errors import invalid

_ZERO = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf"
WITHOUT_DECIMALS = frozenset(_ZERO.split())
WHOLE = frozenset({"isk", "ugx"})
"""Two decimals, which are always 00 (https://docs.stripe.com/currencies#special-cases)."""
_UNSERVED = frozenset({"bhd", "jod", "kwd", "omr", "tnd", "irr", "kpw", "cup", "syp"})
"""Some of the currencies that cards are not charged in, which the page leaves out."""
_LEAST = {
    50: "usd ars aud brl cad chf cop eur idr ils inr nzd php rub sgd zar jpy krw",
    200: "aed myr pln ron",
    300: "nok sek",
    1000: "mxn thb",
    100: "bgn",
    1500: "czk",
    250: "dkk",
    30: "gbp",
    400: "hkd",
    17500: "huf",
}
_LEAST_OF = {currency: least for least, all_ in _LEAST.items() for currency in all_.split()}


def least(currency: str) -> int:
    """The least that is charged, in the currency's minor unit."""
    return _LEAST_OF.get(currency.lower(), 50)


def check(currency: str) -> None:
    """Raises 400 for what is no currency, or none that cards are charged in."""
    known = re.fullmatch(r"[a-z]{3}", currency, re.ASCII | re.IGNORECASE)
    if not known or currency.lower() in _UNSERVED:
        raise invalid(f"Invalid currency: {currency}.", code="invalid_currency", param="currency")


def check_whole(amount: int, currency: str, param: str) -> None:
    """Raises 400 for a fraction where there is none
    (https://support.stripe.com/questions/deprecation-of-fractional-isk-charges-and-refunds)."""
    if currency.lower() in WHOLE and amount % 100:
        message = (
            f"Invalid amount. Currency {currency.upper()} has become effectively zero-decimal and charged amounts "
            "must be evenly divisible by 100. See "
            "https://stripe.com/docs/currencies#special-cases for more information."
        )
        raise invalid(message, code="invalid_charge_amount_no_decimal_compatible", param=param)
