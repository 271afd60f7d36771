"""What an organization would lose by switching to another plan: features, allowances, and resources over its
limits."""

from __future__ import annotations

from dataclasses import dataclass

from app.billing.catalog import Plan, versions
from app.billing.catalog.quantities import Quantity, quantity_of
from app.billing.plans import resource_counts
from app.models import Organization


@dataclass(frozen=True, slots=True)
class SmallerAllowance:
    """A smaller monthly allowance, `before` and `after` the switch."""

    label: str
    before: Quantity
    after: Quantity


@dataclass(frozen=True, slots=True)
class TooMany:
    """A limit of the other plan that the organization exceeds. `names` are those over it and `within` those within
    it, if known; `policy` says what happens to those over it."""

    resource: str
    used: int
    allowed: int
    policy: str
    names: tuple[str, ...] = ()
    within: tuple[str, ...] = ()

    @property
    def over(self) -> int:
        return self.used - self.allowed


@dataclass(frozen=True, slots=True)
class Losses:
    """Everything that is lost by a switch."""

    features: tuple[str, ...]
    allowances: tuple[SmallerAllowance, ...]
    too_many: tuple[TooMany, ...]

    def __bool__(self) -> bool:
        return bool(self.features or self.allowances or self.too_many)


def find_losses(organization: Organization, before: Plan, after: Plan) -> Losses:
    """What an organization loses by a switch from one plan to another."""
    kept = set(versions.find(after.version).features_of(after))
    had = versions.find(before.version).features_of(before)
    return Losses(
        features=tuple(feature for feature in had if feature not in kept),
        allowances=tuple(_smaller(before, after)),
        too_many=tuple(_too_many(organization, after)),
    )


def _smaller(before: Plan, after: Plan) -> list[SmallerAllowance]:
    plan_catalog = versions.find(before.version)
    found = []
    for key, units in before.allowances.items():
        left = after.allowances.get(key, 0)
        if left < units:
            pool = plan_catalog.pool(key)
            meter = pool.meters[0]
            found.append(SmallerAllowance(pool.label, quantity_of(meter, units), quantity_of(meter, left)))
    return found


def _too_many(organization: Organization, after: Plan) -> list[TooMany]:
    counts, names = resource_counts.counts_of(organization.id), resource_counts.names_of(organization.id)
    over = versions.find(after.version).over_limits
    return [
        TooMany(
            key,
            counts[key],
            allowed,
            over.get(key, ""),
            names[key][allowed:],
            names[key][:allowed],
        )
        for key, allowed in after.limits.items()
        if counts.get(key, 0) > allowed
    ]
