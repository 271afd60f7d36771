"""Tax on plans: off, automatic by Stripe, or by tax rates that an operator created at Stripe. Top-ups are never taxed
(docs/decisions)."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from app.billing.catalog.source import Source
from app.payments.tax_settings import TaxSettings

_RATE = re.compile(r"txr_[A-Za-z0-9_]{1,250}", re.ASCII)
MOST_RATES = 5
"""The most rates that Stripe accepts for one subscription (https://docs.stripe.com/invoicing/taxes/tax-rates)."""


class TaxText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tax, as written: `rates` are Stripe's ids, if `mode` is `rates`."""

    mode: Literal["off", "automatic", "rates"] = "off"
    rates: list[str] = []


def build(source: Source, tax: TaxText) -> TaxSettings | None:
    """Build the tax setting; None if tax is off, so that subscriptions keep theirs. Raises `CatalogError`."""
    if (tax.mode == "rates") != bool(tax.rates):
        source.refuse("tax.rates", 'name the tax rates with mode = "rates", and with no other mode.')
    if len(tax.rates) > MOST_RATES:
        source.refuse("tax.rates", f"Stripe takes {MOST_RATES} rates at most.")
    for rate in tax.rates:
        if not _RATE.fullmatch(rate):
            source.refuse("tax.rates", f"{rate!r} is not the id of a tax rate, like txr_1ABC.")
    if tax.mode == "off":
        return None
    return TaxSettings(automatic=tax.mode == "automatic", rates=tuple(tax.rates))
