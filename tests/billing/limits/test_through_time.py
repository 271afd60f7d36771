"""Limits through time: both changes of clocks, a raise that ends under calls in progress, thirty calls at the edge."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app.billing.limits import Call, LimitReachedError, charged, standing
from app.billing.limits.charged import Spent
from app.billing.limits.check import find_reached
from app.billing.wallet import holds, verification
from app.clock import utc_now
from app.extensions import db
from app.models import LimitWindow
from tests.factories import an_organization, at, usd
from tests.support.database import inside
from tests.support.limits import a_draft, a_limit
from tests.support.moved_clock import moved_clock

HOUR, DAY, WEEK, MONTH = LimitWindow
LEASE = timedelta(hours=3)


@pytest.mark.parametrize(
    ("zone", "window", "spent", "still", "over"),
    [
        # Clocks are put forward on March 14, 2027: a day of 23 hours.
        ("America/New_York", DAY, "2027-03-14 05:00", "2027-03-15 03:59", "2027-03-15 04:00"),
        ("America/New_York", HOUR, "2027-03-14 06:30", "2027-03-14 06:59", "2027-03-14 07:00"),
        ("America/New_York", WEEK, "2027-03-08 05:00", "2027-03-15 03:59", "2027-03-15 04:00"),
        ("America/New_York", MONTH, "2027-03-01 05:00", "2027-04-01 03:59", "2027-04-01 04:00"),
        # Clocks are put back on November 7, 2027: a day of 25 hours, and an hour that comes twice.
        ("America/New_York", DAY, "2027-11-07 04:00", "2027-11-08 04:59", "2027-11-08 05:00"),
        ("America/New_York", HOUR, "2027-11-07 05:30", "2027-11-07 05:59", "2027-11-07 06:00"),
        ("America/New_York", WEEK, "2027-11-01 04:00", "2027-11-08 04:59", "2027-11-08 05:00"),
        ("America/New_York", MONTH, "2027-11-01 04:00", "2027-12-01 04:59", "2027-12-01 05:00"),
        # The other way around, in the south.
        ("Australia/Sydney", DAY, "2027-04-03 13:00", "2027-04-04 13:59", "2027-04-04 14:00"),
        ("Australia/Sydney", DAY, "2027-10-02 14:00", "2027-10-03 12:59", "2027-10-03 13:00"),
    ],
)
def test_a_limit_stops_until_the_end_of_its_window_by_the_clock(
    app: Flask, zone: str, window: LimitWindow, spent: str, still: str, over: str
) -> None:
    with moved_clock(at(spent)):
        organization = an_organization(credit="100", timezone=zone)
        a_limit(organization, a_draft("3", window=window))
        one = Spent(organization.id, None, None, None, usd("3").micro)
        charged.add([one], {organization.id: ZoneInfo(zone)}, at(spent))
        reached = find_reached(organization.id, Call(), at(still), counts_spend=True)
        assert reached is not None and reached.window.end == at(over) == reached.turns_at
        assert find_reached(organization.id, Call(), at(over), counts_spend=True) is None


def test_a_raise_that_ends_while_calls_are_in_progress_lets_them_finish(app: Flask) -> None:
    organization, now = an_organization(credit="100"), utc_now()
    later = now + timedelta(hours=1)
    a_limit(organization, a_draft("3", window=MONTH, raised="10", until=later))
    for key in "ab":
        holds.reserve(organization.id, key, usd("4"), at=now, lease=LEASE)
    db.session.commit()
    (before,) = standing.gather(organization.id, now)
    assert (before.is_reached, before.turns_at) == (False, later)
    with pytest.raises(LimitReachedError) as error:
        holds.reserve(organization.id, "c", usd("0.01"), at=later, lease=LEASE)
    db.session.rollback()
    assert (error.value.limit.amount, error.value.limit.held) == (usd("3"), usd("8"))
    renewed = holds.renew(organization.id, "a", usd("9"), slice=2, at=later, lease=LEASE)
    assert not renewed.hold.is_final
    for key in "ab":
        holds.release(organization.id, key, at=later)
    db.session.commit()
    holds.reserve(organization.id, "d", usd("3"), at=later, lease=LEASE)
    db.session.commit()
    assert verification.check() == []


@pytest.mark.long
def test_of_thirty_calls_at_the_edge_only_those_start_that_the_limit_leaves(app: Flask) -> None:
    organization = an_organization(credit="1000")
    limit = a_limit(organization, a_draft("10"))
    holds.reserve(organization.id, "before", usd("9"), at=utc_now(), lease=LEASE)
    db.session.commit()
    org_id, together = organization.id, Barrier(30)

    def call(number: int) -> bool:
        together.wait()
        with inside(app):
            try:
                holds.reserve(org_id, f"call-{number}", usd("1"), at=utc_now(), lease=LEASE)
                db.session.commit()
            except LimitReachedError as error:
                db.session.rollback()
                assert error.limit.counted <= error.limit.amount
                return False
            return True

    with ThreadPoolExecutor(30) as calls:
        assert sum(calls.map(call, range(30))) == 1
    (after,) = standing.gather(org_id, utc_now())
    assert (after.limit_id, after.counted, after.left) == (limit.limit_id, usd("10"), usd("0"))
    assert verification.check() == []
