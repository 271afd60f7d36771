"""What is counted in the background: often enough, and no more."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask

from app.billing import hours
from app.billing.activity import rollups
from app.billing.hours import counting
from app.clock import utc_now
from app.extensions import db, enqueue
from app.models import UsageRollup
from tests.billing.hours.test_counting import NINE, by_ledger, counted, use
from tests.factories import an_organization
from tests.support.metering import on_growth
from tests.support.sandbox import work_through


def test_the_job_counts_once_an_hour_or_once_it_is_much(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    spender, idle = on_growth(), an_organization()
    use(spender, NINE, "a")
    assert hours.find_due(utc_now()) == [spender.id]
    enqueue("count_hours", timestamp=0)
    db.session.commit()
    work_through(app)
    assert {hour: sum(both) for hour, both in counted(spender).items()} == by_ledger(spender)
    assert counted(idle) == {}
    now = utc_now()
    assert hours.find_due(now) == []
    use(spender, NINE + timedelta(minutes=1), "b")
    assert hours.find_due(now) == []
    assert hours.find_due(now + timedelta(hours=1)) == [spender.id]
    monkeypatch.setattr(counting, "_ENOUGH", 1)
    assert hours.find_due(now) == [spender.id]


def test_the_job_adds_up_each_organization_by_itself_and_again_nothing(app: Flask) -> None:
    # Only recent days are counted again.
    nine = datetime.combine(utc_now().date() - timedelta(days=2), time(9), UTC)
    one, other = on_growth(), on_growth()
    for organization in (one, other):
        use(organization, nine, "a")
    for _ in range(2):
        enqueue("roll_up", timestamp=0)
        db.session.commit()
        work_through(app)
    for organization in (one, other):
        rows = db.session.scalars(db.select(UsageRollup).where(UsageRollup.org_id == organization.id)).all()
        assert [row.events for row in rows] == [1]
    assert rollups.find_behind(utc_now() - rollups.LAG) == []
    use(one, nine + timedelta(minutes=1), "late")
    enqueue("recount_rollups", timestamp=0)
    db.session.commit()
    work_through(app)
    rows = db.session.scalars(db.select(UsageRollup).where(UsageRollup.org_id == one.id)).all()
    assert [row.events for row in rows] == [2]
