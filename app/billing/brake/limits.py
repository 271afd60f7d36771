"""How much is allowed before automatic charges stop: by the settings, or by an operator for one organization."""

from __future__ import annotations

from dataclasses import dataclass

from app.billing.brake.rows import find_own
from app.models import Organization
from app.money import MICRO
from app.per_application import PerApplication


@dataclass(frozen=True, slots=True)
class Limits:
    """Automatic charges within an hour and within 24 hours, and what an hour may always take, in micro-units."""

    per_hour: int
    per_day: int
    floor: int


_of_all = PerApplication[Limits]("brake_limits")


def set_up(*, per_hour: int, per_day: int, floor: int) -> None:
    """Set what applies to all organizations; `floor` in whole units of the currency."""
    _of_all.set(Limits(per_hour, per_day, floor * MICRO))


def limits_of(organization: Organization) -> Limits:
    """What applies to an organization."""
    usual, own = _of_all.get(), find_own(organization.id)
    if own is None:
        return usual
    return Limits(
        own.charges_per_hour or usual.per_hour,
        own.charges_per_day or usual.per_day,
        usual.floor if own.floor_micro is None else own.floor_micro,
    )
