"""What `catalog.toml` may contain: each section as it is written, before anything is computed from it."""

from __future__ import annotations

from typing import Literal

import msgspec

from app.billing.catalog import statement_descriptors
from app.billing.catalog.destination_builder import DestinationsText
from app.billing.catalog.model import Meter, OnRequest
from app.billing.catalog.tax import TaxText


class TopUpText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What top-ups may be, as written."""

    presets: list[str]
    minimum: str
    maximum: str
    daily: str | None = None
    statement: str = statement_descriptors.TOP_UP


class WalletText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for every wallet, as written."""

    low_threshold: str
    paid_credit_months: int | None = None


class UsageText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Until when usage may come, as written."""

    late_days: int


class RenewalsText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happens to a plan that isn't paid, as written."""

    grace_days: int = 7


class NumbersText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long phone numbers are kept, as written."""

    days_kept: int = 30


class PoolText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An allowance, as written."""

    label: str
    meters: list[str]


class TierText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rate up to a number of units, as written."""

    rate: str
    up_to: int | None = None


class RateText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A meter's rate in a plan, as written where more than the rate is said."""

    rate: str | None = None
    tiers: list[TierText] = []
    minimum: int = 0
    step: int = 1


class PlanText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan, as written. Versions up to 2026-11 have `interval`, which was always `month`."""

    name: str
    summary: str
    price: str
    limits: dict[str, int]
    allowances: dict[str, int]
    rates: dict[str, str | RateText]
    features: list[str]
    yearly: str | None = None
    includes: str | None = None
    statement: str = statement_descriptors.PLAN
    interval: Literal["month"] = "month"


class CatalogText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file, as written."""

    version: str
    currency: str
    top_up: TopUpText
    wallet: WalletText
    usage: UsageText
    meters: dict[str, Meter]
    plans: dict[str, PlanText]
    allowances: dict[str, PoolText] = {}
    renewals: RenewalsText = RenewalsText()
    numbers: NumbersText = NumbersText()
    on_request: dict[str, OnRequest] = {}
    tax: TaxText = TaxText()
    over_limits: dict[str, str] = {}
    destinations: DestinationsText = DestinationsText()
