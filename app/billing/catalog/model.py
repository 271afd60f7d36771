"""The catalog: plans, what they include, meters, rates and limits. An operator edits it (`catalog.toml`).

`app.billing.catalog.file` reads and checks it; `app.billing.catalog.versions` keeps the versions that
organizations are on.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import msgspec

from app.models.ledger import UsageGroup
from app.money import Money
from app.payments.tax_settings import TaxSettings
from app.per_application import PerApplication

_on_offer = PerApplication["Catalog"]("catalog")


class CatalogError(Exception):
    """The catalog can't be used; the message names the file, the line, the key and what is wrong with it."""


FREE_PLAN = "starter"
"""The plan of an organization that pays for none, in calendar months. It costs nothing."""
LIMITS = ("agents", "phone_numbers", "campaigns", "concurrent_calls")
"""What plans limit, in the order in which it is shown."""
USUAL_MOST = {
    "second": 86_400,
    "message": 10_000,
    "number-day": 10_000,
    "token": 100_000_000,
    "character": 100_000_000,
}
"""Units that one event may count at most where the catalog doesn't say it, as versions up to 2026-12 don't:
a day of a call, what a busy day takes of a model."""
OTHERWISE_MOST = 1_000_000
"""Of units that aren't among those."""


class Meter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that is used: counted in whole `unit`s, priced by `per` units, shown by `shown_per` units.

    One event may count `most` units; more than that is taken for a mistake.
    """

    group: UsageGroup
    label: str
    unit: str
    shown_as: str
    shown_per: int
    per: int
    most: int | None = None

    @property
    def most_an_event(self) -> int:
        """What one event may count at most, in units."""
        return USUAL_MOST.get(self.unit, OTHERWISE_MOST) if self.most is None else self.most


@dataclass(frozen=True, slots=True)
class Pool:
    """An allowance that one or several meters draw on, in their common unit."""

    key: str
    label: str
    meters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tier:
    """A price for the units of a period up to `up_to` (None: for all further ones), in micro-units a unit, exact."""

    up_to: int | None
    rate: Fraction


@dataclass(frozen=True, slots=True)
class Rate:
    """What a meter costs. An event counts as at least `minimum` units, rounded up to whole `step`s.

    Per-second billing with half a minute at least is `minimum` 30, `step` 1 on a meter in seconds. An event of more
    than `most` units is refused.
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
    """A tier. `price` is for a month, `yearly` for a year where it is sold by the year, too.

    `allowances` are by pool, for a month, in the units of its meters; `version` is the catalog's. `includes` names
    the plan whose features this one has besides its own. `statement` is what bank statements call its charges.
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
        """How it is sold: by the `month`, and perhaps by the `year`."""
        return ["month", "year"] if self.yearly is not None else ["month"]

    def price_by(self, interval: str) -> Money:
        """The price of a `month` or a `year`. Raises `CatalogError` where it isn't sold so."""
        price = self.price if interval == "month" else self.yearly
        if price is None or interval not in {"month", "year"}:
            raise CatalogError(f"{self.name} has no price per {interval}.")
        return price

    def pool_of(self, meter: str) -> str:
        """The allowance that a meter draws on, named as the meter where it shares none."""
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
    """What can be topped up, and what bank statements call it."""

    presets: tuple[Money, ...]
    minimum: Money
    maximum: Money
    statement: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """One version. `late_days` is how old usage may be when it is reported, `grace_days` how long a plan goes on
    whose renewal is not paid, `tax` how plans are taxed (None: as each subscription is at Stripe), `over_limits` what
    happens to what a smaller plan doesn't allow; `text` is the file as it was read."""

    version: str
    currency: str
    top_up: TopUpLimits
    low_threshold: Money
    late_days: int
    grace_days: int
    meters: dict[str, Meter]
    pools: dict[str, Pool]
    plans: dict[str, Plan]
    on_request: dict[str, OnRequest]
    tax: TaxSettings | None
    over_limits: dict[str, str]
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
        """An allowance by its key; a meter that shares none is a pool of its own. Raises `CatalogError`."""
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
    """The catalog that is on offer: what new plans are made from, and what pages name things by."""
    return _on_offer.get()


def offer(catalog: Catalog) -> None:
    """Let this catalog be on offer, in this process, from now on."""
    _on_offer.set(catalog)
