"""The catalog: plans, what they include, meters, rates and limits. An operator edits it (`catalog.toml`).

`app.billing.catalog.file` reads and checks it; `app.billing.catalog.versions` stores the versions that organizations
are on.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import msgspec

from app.billing.catalog.destinations import Destinations
from app.models.ledger import UsageGroup
from app.money import Money
from app.payments.tax_settings import TaxSettings
from app.per_application import PerApplication

_on_offer = PerApplication["Catalog"]("catalog")


class CatalogError(Exception):
    """The catalog can't be used; the message names the file, the line, the key and what is wrong with it."""


FREE_PLAN = "starter"
"""The plan of an organization without a paid one. It is free, with calendar months."""
LIMITS = ("agents", "phone_numbers", "campaigns", "concurrent_calls")
"""What plans limit, in the order in which it is shown."""
USUAL_MOST = {
    "second": 86_400,
    "message": 10_000,
    "number-day": 10_000,
    "token": 100_000_000,
    "character": 100_000_000,
}
"""The most units per event if the catalog doesn't say, as in versions up to 2026-12: a day of calling, a busy day of
a model."""
OTHERWISE_MOST = 1_000_000
"""The same for all other units."""


class Direction(StrEnum):
    """Which way a call goes."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Meter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that is metered: counted in whole `unit`s, priced per `per` units, shown per `shown_per` units.

    One event may have up to `most` units; more is rejected as a mistake. `direction` is which way its calls go, None
    for what isn't a call.
    """

    group: UsageGroup
    label: str
    unit: str
    shown_as: str
    shown_per: int
    per: int
    most: int | None = None
    direction: Direction | None = None

    @property
    def most_an_event(self) -> int:
        """The most units in one event."""
        return USUAL_MOST.get(self.unit, OTHERWISE_MOST) if self.most is None else self.most


@dataclass(frozen=True, slots=True)
class Pool:
    """An allowance that one or more meters share, in their common unit."""

    key: str
    label: str
    meters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tier:
    """The exact price in micro-units per unit, for the units of a period up to `up_to` (None: for all further
    ones)."""

    up_to: int | None
    rate: Fraction


@dataclass(frozen=True, slots=True)
class Rate:
    """The rate of a meter. An event counts as at least `minimum` units, rounded up to whole `step`s.

    Per-second billing with a 30-second minimum is `minimum` 30, `step` 1 on a meter in seconds. An event of more than
    `most` units is refused.
    """

    tiers: tuple[Tier, ...]
    minimum: int = 0
    step: int = 1
    most: int = OTHERWISE_MOST

    @property
    def first(self) -> Fraction:
        """The price of a period's first unit beyond the allowance."""
        return self.tiers[0].rate


@dataclass(frozen=True, slots=True)
class Plan:
    """A tier. `price` is monthly; `yearly` is the yearly price, if it is also sold yearly.

    `allowances` are by pool, for a month, in the units of its meters; `version` is the catalog's. `includes` names
    the plan whose features this one has besides its own. `statement` is the statement descriptor of its charges.
    """

    key: str
    version: str
    name: str
    summary: str
    price: Money
    yearly: Money | None
    limits: dict[str, int]
    allowances: dict[str, int]
    rates: dict[str, Rate]
    features: tuple[str, ...]
    includes: str | None
    pools: dict[str, str]
    statement: str

    @property
    def intervals(self) -> list[str]:
        """The intervals it is sold in: `month`, and perhaps `year`."""
        return ["month", "year"] if self.yearly is not None else ["month"]

    def price_by(self, interval: str) -> Money:
        """The price per `month` or `year`. Raises `CatalogError` if it isn't sold in that interval."""
        price = self.price if interval == "month" else self.yearly
        if price is None or interval not in {"month", "year"}:
            raise CatalogError(f"{self.name} has no price per {interval}.")
        return price

    def pool_of(self, meter: str) -> str:
        """The allowance that a meter draws on; it has the meter's name if it isn't shared."""
        return self.pools.get(meter, meter)

    def allowance_of(self, meter: str) -> int:
        """How many units a period includes, for all meters of the pool together."""
        return self.allowances.get(self.pool_of(meter), 0)


class OnRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan whose price is agreed with each customer."""

    name: str
    summary: str
    features: list[str]


@dataclass(frozen=True, slots=True)
class TopUpLimits:
    """The limits of one top-up, the `daily` one of all within 24 hours, and their statement descriptor."""

    presets: tuple[Money, ...]
    minimum: Money
    maximum: Money
    daily: Money
    statement: str

    @property
    def large(self) -> Money:
        """What is unusual enough to ask again and to tell all owners: more than twice the largest preset."""
        return max(self.presets) * 2


@dataclass(frozen=True, slots=True)
class Catalog:
    """One version. `late_days` is how old usage may be when it is reported, `grace_days` how long a plan stays in
    force without payment of its renewal, `number_days_kept` how long the platform keeps a number whose rent is
    charged without credit, `tax` how plans are taxed (None: as each subscription is at Stripe),
    `paid_credit_months` how long credit from a top-up lasts (None: forever), `over_limits` what happens to resources
    over a smaller plan's limits, `destinations` where calls go; `text` is the file as it was read."""

    version: str
    currency: str
    top_up: TopUpLimits
    low_threshold: Money
    paid_credit_months: int | None
    late_days: int
    grace_days: int
    number_days_kept: int
    meters: dict[str, Meter]
    pools: dict[str, Pool]
    plans: dict[str, Plan]
    on_request: dict[str, OnRequest]
    tax: TaxSettings | None
    over_limits: dict[str, str]
    destinations: Destinations
    text: str

    def plan(self, key: str) -> Plan:
        """The plan of this key. Raises `CatalogError`."""
        try:
            return self.plans[key]
        except KeyError:
            raise CatalogError(f"The catalog has no plan {key!r}. It has: {', '.join(self.plans)}.") from None

    def features_of(self, plan: Plan) -> list[str]:
        """All features of a plan: those of the plan that it includes, then its own."""
        included = self.features_of(self.plan(plan.includes)) if plan.includes else []
        return [*included, *plan.features]

    def meter(self, key: str) -> Meter:
        """The meter of this key. Raises `CatalogError`."""
        try:
            return self.meters[key]
        except KeyError:
            raise CatalogError(
                f"The catalog has no meter {key!r}. It has: {', '.join(self.meters)}."
            ) from None

    def pool(self, key: str) -> Pool:
        """An allowance by its key; a meter without a shared one is its own pool. Raises `CatalogError`."""
        return self.pools.get(key) or Pool(key, self.meter(key).label, (key,))

    def pools_of(self, group: UsageGroup) -> list[Pool]:
        """The allowances that meters of a group draw on, in the order of the meters."""
        found: dict[str, Pool] = {}
        shared = {meter: pool for pool in self.pools.values() for meter in pool.meters}
        for key in self.meters_of(group):
            pool = shared.get(key) or self.pool(key)
            found.setdefault(pool.key, pool)
        return list(found.values())

    def meters_of(self, group: UsageGroup) -> list[str]:
        return [key for key, meter in self.meters.items() if meter.group is group]


def current() -> Catalog:
    """The current catalog: what is sold now, and what pages take names from."""
    return _on_offer.get()


def offer(catalog: Catalog) -> None:
    """Make this the current catalog of this process."""
    _on_offer.set(catalog)
