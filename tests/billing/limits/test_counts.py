"""What is counted from the first moment on: what the window has had so far."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app.billing.limits import counts
from app.billing.limits.counts import Counted
from app.billing.wallet import holds, ledger
from app.clock import utc_now
from app.extensions import db
from app.models import LimitCount, LimitSubject, LimitWindow, Organization
from tests.factories import an_organization, at, usd
from tests.support.limits import a_draft, a_limit
from tests.support.metering import an_event, take

ORGANIZATION, CAMPAIGN, AGENT, CLASS = LimitSubject


def counted(organization: Organization, subject: LimitSubject, name: str, kind: LimitWindow) -> Counted:
    return Counted(organization.id, subject, name, kind, ZoneInfo(organization.timezone))


@pytest.mark.parametrize("kind", list(LimitWindow))
@pytest.mark.parametrize(
    ("subject", "name", "micro"),
    [
        (ORGANIZATION, "", 3_600_000),
        (CAMPAIGN, "Spring recall", 2_400_000),
        (AGENT, "Ava", 1_200_000),
        (CLASS, "standard", 1_200_000),
    ],
)
def test_a_limit_begins_with_what_was_spent_before_it(
    app: Flask, subject: LimitSubject, name: str, micro: int, kind: LimitWindow
) -> None:
    organization = an_organization(credit="100")
    now = utc_now()
    lease = timedelta(minutes=5)
    holds.reserve(organization.id, "a", usd("1"), at=now, lease=lease, campaign="Spring recall", to="GB")
    take(
        an_event(organization, "a", 100_000, when=now, campaign="Spring recall", hold="a"),
        an_event(organization, "b", 100_000, when=now, campaign="Spring recall"),
        an_event(organization, "c", 100_000, when=now, agent="Ava"),
        now=now,
    )
    one = counted(organization, subject, name, kind)
    assert counts.spent(one, now) == micro
    counts.start(one, now)
    take(an_event(organization, "d", 100_000, when=now), now=now)
    counts.start(one, now)
    assert counts.spent(one, now) == micro, "counted already, and nothing tells the wallet to count"
    assert counts.spent(one, now + timedelta(days=40)) == 0


def test_usage_of_another_window_counts_nothing(app: Flask) -> None:
    organization = an_organization(credit="100")
    then = at("2026-11-10 12:00")
    take(an_event(organization, "a", 100_000, when=then), now=then)
    for kind, later in (
        (LimitWindow.HOUR, timedelta(hours=1)),
        (LimitWindow.DAY, timedelta(hours=12)),
        (LimitWindow.WEEK, timedelta(days=5, hours=12)),
        (LimitWindow.MONTH, timedelta(days=20, hours=12)),
    ):
        one = counted(organization, ORGANIZATION, "", kind)
        assert counts.spent(one, then + later - timedelta(minutes=10)) == 1_200_000
        assert counts.spent(one, then + later) == 0


def test_in_another_zone_everything_is_counted_again(app: Flask) -> None:
    organization = an_organization(credit="100", timezone="America/New_York")
    a_limit(organization)
    now = utc_now()
    take(an_event(organization, "a", 100_000, when=now), now=now)
    ledger.change_zone(organization, "America/Los_Angeles")
    db.session.commit()
    row = db.session.query(LimitCount).filter_by(org_id=organization.id).one()
    local = row.window_start.astimezone(ZoneInfo("America/Los_Angeles"))
    assert (local.hour, local.minute) == (0, 0)
    day = counted(organization, ORGANIZATION, "", LimitWindow.DAY)
    assert counts.spent(day, now) == row.spent_micro


def test_what_has_no_limit_any_more_is_forgotten(app: Flask) -> None:
    organization = an_organization(credit="100")
    a_limit(organization)
    a_limit(organization, a_draft("5", subject=AGENT, name="Ava"))
    counts.forget(organization.id, ZoneInfo("UTC"), {(AGENT, "Ava", LimitWindow.DAY)})
    left = db.session.query(LimitCount).filter_by(org_id=organization.id).all()
    assert [(row.subject, row.name) for row in left] == [(AGENT, "Ava")]
