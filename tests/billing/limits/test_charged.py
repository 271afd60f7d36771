"""Counting usage as it is charged, and noticing what it comes near."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app.billing.limits import charged, counts
from app.billing.limits.charged import Spent
from app.billing.limits.counts import Counted
from app.clock import utc_now
from app.extensions import db
from app.models import LimitCount, LimitSubject, LimitWindow, Organization, SpendingLimit
from tests.factories import an_organization, at
from tests.support.limits import a_draft, a_limit


def add(organization: Organization, micro: int, now: datetime) -> list[int]:
    """The percentages that were passed."""
    zones = {organization.id: ZoneInfo(organization.timezone)}
    found = charged.add([Spent(organization.id, None, None, None, micro)], zones, now)
    db.session.commit()
    return [one.percent for one in found]


def test_each_percentage_is_passed_once_in_a_window(app: Flask) -> None:
    organization, now = an_organization(), utc_now()
    a_limit(organization)
    assert [add(organization, 1_200_000, now) for _ in range(4)] == [[], [80], [100], []]
    later = now + timedelta(days=1)
    assert add(organization, 2_999_999, later) == [80]
    assert add(organization, 1, later) == [100]


def test_a_raise_that_has_ended_is_no_limit_any_more(app: Flask) -> None:
    organization, now = an_organization(), utc_now()
    until = now + timedelta(seconds=10)
    a_limit(organization, a_draft("3", window=LimitWindow.MONTH, raised="30", until=until))
    assert add(organization, 5_000_000, now) == []
    assert add(organization, 1, until) == [100]


@pytest.mark.parametrize(
    ("first", "second", "total"),
    [
        # The hour that comes twice: two windows.
        ("2026-11-01 05:59", "2026-11-01 06:01", 2),
        # A server's clock goes back: the newer window goes on, and nothing is lost.
        ("2026-11-01 07:01", "2026-11-01 06:59", 3),
        ("2026-11-01 07:01", "2026-11-01 07:59", 3),
    ],
)
def test_clocks_that_go_back_give_nothing_away(app: Flask, first: str, second: str, total: int) -> None:
    organization = an_organization(timezone="America/New_York")
    one = Counted(
        organization.id, LimitSubject.ORGANIZATION, "", LimitWindow.HOUR, ZoneInfo("America/New_York")
    )
    counts.start(one, at("2026-10-01 00:00"))
    add(organization, 1, at(first))
    add(organization, 2, at(second))
    assert db.session.query(LimitCount).filter_by(org_id=organization.id).one().spent_micro == total
    assert counts.spent(one, at(second)) == total


def test_of_many_organizations_only_what_has_a_limit_is_counted(app: Flask) -> None:
    organizations = [an_organization() for _ in range(3)]
    a_limit(organizations[0])
    zones = {one.id: ZoneInfo("UTC") for one in organizations}
    spent = [Spent(one.id, "Spring recall", "Ava", "call-1", 5_000_000) for one in organizations]
    found = charged.add(spent, zones, utc_now())
    assert [one.org_id for one in found] == [organizations[0].id]
    assert charged.add([], zones, utc_now()) == []
    assert [row.org_id for row in db.session.query(LimitCount)] == [organizations[0].id]
    told = db.session.query(SpendingLimit).filter_by(org_id=organizations[0].id).one()
    assert told.told_percent == 100
