"""Which limits apply to an organization."""

from __future__ import annotations

from flask import Flask

from app.billing import audit
from app.billing.brake import operators
from app.billing.brake.limits import Limits, limits_of
from tests.factories import an_organization, usd


def test_the_settings_apply_to_all(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    floor = settings.auto_top_up_brake_floor * 1_000_000
    expected = Limits(settings.auto_top_ups_per_hour, settings.auto_top_ups_per_day, floor)
    assert limits_of(an_organization()) == expected == Limits(4, 12, 25_000_000)


def test_an_operator_decides_for_one_and_what_they_leave_stays_as_set(app: Flask) -> None:
    organization = an_organization()
    operators.allow(organization, audit.OPERATOR, per_hour=9, per_day=None, floor=usd("0"))
    assert limits_of(organization) == Limits(9, 12, 0)
    assert limits_of(an_organization()) == Limits(4, 12, 25_000_000)
