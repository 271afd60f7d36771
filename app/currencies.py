"""Currencies as Stripe charges them: which are supported, how many decimals amounts have, and the smallest charge.

All of https://docs.stripe.com/currencies, read on 28 November 2026: "Supported presentment currencies", "Zero-decimal
currencies", "Special cases" and "Minimum charge amount by currency". How many decimals people write comes from Babel
(the Unicode CLDR) unless Stripe says otherwise.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from babel.numbers import get_currency_precision

_CHARGED = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CLP
CNY COP CRC CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS
INR ISK JMD JPY KES KGS KHR KMF KRW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN
MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE
SOS SRD STD SZL THB TJS TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST XAF XCD XOF XPF YER ZAR ZMW
"""
CHARGED = frozenset(_CHARGED.split())
"""The currencies that Stripe charges cards in; some only for some cards, or for accounts of some countries."""

_ZERO = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
_WITHOUT_DECIMALS = frozenset(_ZERO.split())
"""An amount at Stripe is one of the currency itself."""
_WHOLE = frozenset({"ISK", "UGX"})
"""Two decimals at Stripe, for backward compatibility, but always 00: fractions are refused."""
_THREE_DECIMALS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
"""From an older version of the page; none of them is a currency for cards."""
_AT_STRIPE = 2
"""Decimals at Stripe of all other currencies; also of HUF and TWD, where only payouts are whole."""

_LEAST_OF = {
    "0.50": "ARS AUD BRL CAD CHF COP EUR IDR ILS INR NZD PHP RUB SGD USD ZAR",
    "2.00": "AED MYR PLN RON",
    "3.00": "NOK SEK",
    "50": "JPY KRW",
    "10": "MXN THB",
    "1.00": "BGN",
    "15.00": "CZK",
    "2.50": "DKK",
    "0.30": "GBP",
    "4.00": "HKD",
    "175.00": "HUF",
}
_LEAST = {currency: Decimal(least) for least, all_ in _LEAST_OF.items() for currency in all_.split()}
"""The smallest charge; for other currencies it depends on the bank account's currency."""


def stripe_digits_of(currency: str) -> int:
    """How many decimals an amount of `currency` has in Stripe's API: 2 for USD and ISK, 0 for JPY."""
    if currency in _WITHOUT_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else _AT_STRIPE


@cache
def digits_of(currency: str) -> int:
    """How many decimals people write, and cards are charged: 2 for USD, 0 for JPY and ISK.

    For a currency that Stripe doesn't know, it is Babel's number.
    """
    if currency in _WITHOUT_DECIMALS | _WHOLE:
        return 0
    if currency in CHARGED:
        return _AT_STRIPE
    return get_currency_precision(currency)


@cache
def is_written_as_babel_does(currency: str) -> bool:
    """Whether Babel writes as many decimals as are charged; else the pattern's two, so that none is hidden (RSD)."""
    return get_currency_precision(currency) == digits_of(currency)


def least_charge(currency: str) -> Decimal | None:
    """The smallest amount that Stripe charges in units of the currency; None if it doesn't say."""
    return _LEAST.get(currency)
