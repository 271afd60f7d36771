"""What expires before it is used counts as gone, in the order of use."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask

from app.billing import forecast
from app.billing.forecast import curve, outlook
from app.billing.forecast.expiring import Losses
from app.billing.forecast.profile import WEEK, Profile
from app.billing.wallet.lots.left import LotLeft, LotsLeft
from app.clock import utc_now
from app.models import LotKind
from tests.factories import an_organization, at
from tests.support.granting import granted
from tests.support.spending import forecast_of

NOW = at("2026-11-23 09:00")
STEADY = Profile("UTC", NOW, (1000,) * WEEK, 1.0, 1.0, 0.1, 0, NOW)


def lots(*each: tuple[int, datetime | None], ahead: int = 0) -> LotsLeft:
    return LotsLeft(tuple(LotLeft(LotKind.PROMOTIONAL, *one) for one in each), ahead)


def hours(count: int) -> datetime:
    return NOW + timedelta(hours=count)


def test_what_is_lost_depends_on_what_is_spent_until_then() -> None:
    credit = lots((50, hours(2)), (70, hours(4)), (100, None))
    nothing, much = Losses(credit), Losses(credit)
    assert [nothing.until(hours(hour), 0) for hour in (1, 2, 3, 4, 9)] == [0, 50, 50, 120, 120]
    assert [much.until(hours(hour), 40 * hour) for hour in (1, 2, 3, 4, 9)] == [0, 0, 0, 0, 0]
    some = Losses(credit)
    assert [some.until(hours(hour), 10 * hour) for hour in (1, 2, 4)] == [0, 30, 30 + 50]


def test_what_is_used_next_is_drawn_from_what_would_expire() -> None:
    assert Losses(lots((50, hours(2)), (100, None), ahead=45)).until(hours(2), 2) == 3


def test_credit_runs_out_earlier_where_some_of_it_expires() -> None:
    """Ten hours of credit: a thousand an hour, of which 6,000 expire in two hours when 2,000 of it are used."""
    without = outlook.dry_at(STEADY, 10_000, NOW)
    credit = lots((6_000, hours(2)), (4_000, None))
    found = outlook.dry_at(STEADY, 10_000, NOW, credit)
    assert without.about == hours(10)
    assert found.about == hours(6)
    assert found.earliest is not None
    assert found.latest is not None
    assert found.earliest < hours(6) < found.latest


def test_it_runs_out_when_the_last_of_it_expires() -> None:
    found = outlook.dry_at(STEADY, 10_000, NOW, lots((10_000, hours(3))))
    assert found.about == hours(3)
    assert found.latest == hours(3)


def test_credit_that_is_used_before_changes_nothing() -> None:
    credit = lots((4_000, hours(9)), (6_000, None))
    assert outlook.dry_at(STEADY, 10_000, NOW, credit).about == outlook.dry_at(STEADY, 10_000, NOW).about


def test_the_curve_falls_by_it() -> None:
    midnight = at("2026-11-24 00:00")
    credit = lots((50_000, midnight), (100_000, None))
    plain = curve.left_by_day(STEADY, 150_000, NOW, timezone="UTC")
    falling = curve.left_by_day(STEADY, 150_000, NOW, timezone="UTC", credit=credit)
    assert falling[0] == plain[0]
    assert falling[1].at == midnight
    assert plain[1].about - falling[1].about == 50_000 - 15_000
    assert len(falling) < len(plain)


def test_it_counts_for_an_organization(app: Flask) -> None:
    """A dollar an hour: a hundred hours of credit, of which sixty expire after two days."""
    organization = an_organization(credit="40")
    granted(organization, "60", days=1)
    forecast_of(organization)
    dryness = forecast.dry_at(organization)
    assert dryness is not None
    assert dryness.about is not None
    used_before = organization.local_day(utc_now()) + timedelta(days=2)
    assert dryness.about < utc_now() + timedelta(hours=95), "sixty dollars aren't used by then"
    assert dryness.about.date() > used_before
