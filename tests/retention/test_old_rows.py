"""Old rows of organizations go in batches, of many organizations together, and a run carries on where one stopped."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from structlog.testing import capture_logs

from app import retention
from app.billing import catalog
from app.billing.wallet import verification
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7_floor
from app.jobs import maintenance
from app.models import Hold, HoldState, Organization
from app.models.scope import Reason, seeing_all
from app.queues import Queue
from app.retention import Kept, old_rows
from tests.factories import an_organization
from tests.support.database import owner
from tests.support.sandbox import work_through
from tests.support.worker import waiting

A_DAY = timedelta(days=1)


def ended(organization: Organization, *, days: int, count: int = 1) -> None:
    at = utc_now() - days * A_DAY
    for number in range(count):
        db.session.add(
            Hold(
                org_id=organization.id,
                id=uuid7_floor(at - timedelta(minutes=number)),
                key=f"{days}-{number}",
                amount_micro=0,
                state=HoldState.CAPTURED,
                created_at=at,
                expires_at=at,
                ended_at=at,
            )
        )
    db.session.commit()


def left() -> list[str]:
    return list(db.session.scalars(db.select(Hold.key).order_by(Hold.key)))


def test_batch_after_batch_goes_and_the_books_stay_right(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_rows, "BATCH", 2)
    organization = an_organization(credit="10")
    ended(organization, days=60, count=5)
    ended(organization, days=40)
    deleted = retention.delete_old_of(organization.id, Kept(50, 1, 1), now=utc_now())
    assert deleted["hold"] == 5
    assert left() == ["40-0"]
    assert verification.check() == []


def test_a_hold_stays_as_long_as_usage_that_names_it_may_be_late(app: Flask) -> None:
    organization, late = an_organization(), catalog.current().late_days
    ended(organization, days=late)
    ended(organization, days=late + 2)
    retention.delete_old_of(organization.id, Kept(1, 1, 1), now=utc_now())
    assert left() == [f"{late}-0"]


def test_an_organization_that_fails_stops_no_other(app: Flask) -> None:
    """One whose rows something refuses to let go: together with it nothing goes, and by itself everything else."""
    wrong, right = an_organization(), an_organization()
    ended(wrong, days=200)
    ended(right, days=201)
    with owner().begin() as connection:
        connection.execute(
            text(f"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN IF OLD.org_id = '{wrong.id}' THEN RAISE 'refused'; END IF; RETURN OLD; END $$;
            CREATE TRIGGER refuse BEFORE DELETE ON hold FOR EACH ROW EXECUTE FUNCTION refuse()""")
        )
    try:
        with capture_logs() as logs, seeing_all(Reason.NIGHTLY):
            assert retention.delete_old(Kept(100, 90, 400)) is None
    finally:
        db.session.rollback()
        with owner().begin() as connection:
            connection.execute(text("DROP TRIGGER refuse ON hold; DROP FUNCTION refuse()"))
    assert left() == ["200-0"]
    assert [one["item"] for one in logs if one["event"] == "job_failed_for_one"] == [str(wrong.id)]


def test_it_carries_on_where_the_time_was_over_until_all_are_done(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in the middle of an organization that has more than fits into its time."""
    monkeypatch.setattr(old_rows, "BATCH", 2)
    monkeypatch.setattr(old_rows, "TOGETHER", 2)
    for number in range(5):
        ended(an_organization(), days=200 + number, count=3)
    runs, first = 0, old_rows.LOWEST
    with seeing_all(Reason.NIGHTLY):
        while (rest := retention.delete_old(Kept(100, 90, 400), first=first, seconds=0)) is not None:
            assert rest >= first, "it never goes back"
            first, runs = rest, runs + 1
    assert runs >= 5
    assert left() == []


def test_parts_are_all_there_is_and_all_that_will_be(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with seeing_all(Reason.NIGHTLY):
        assert retention.parts() == [(old_rows.LOWEST, old_rows.HIGHEST)]
        ids = sorted(an_organization().id for _ in range(5))
        monkeypatch.setattr(old_rows, "PART", 2)
        parts = retention.parts()
    assert [first for first, _ in parts] == [old_rows.LOWEST, ids[2], ids[4]]
    assert parts[-1][1] == old_rows.HIGHEST
    assert [UUID(int=last.int + 1) for _, last in parts[:-1]] == [first for first, _ in parts[1:]]


def test_a_night_enqueues_a_part_each_and_none_while_those_of_another_are_at_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(old_rows, "PART", 2)
    monkeypatch.setattr(maintenance, "_PART_SECONDS", 0)
    monkeypatch.setattr(old_rows, "TOGETHER", 1)
    for number in range(5):
        ended(an_organization(), days=200 + number)
    for _ in range(2):
        with seeing_all(Reason.NIGHTLY):
            maintenance._delete_old_rows()
    assert waiting("delete_old_rows") == 3
    work_through(app, Queue.MAINTENANCE)
    assert waiting("delete_old_rows") == 0
    assert left() == []


def test_the_oldest_of_what_should_be_gone_is_told_by_table(app: Flask) -> None:
    one, other = an_organization(), an_organization()
    ended(one, days=130)
    ended(other, days=99)
    ended(other, days=120)
    with seeing_all(Reason.NIGHTLY):
        ages = retention.overdue([one.id, other.id], Kept(100, 90, 400), now=utc_now())
        assert timedelta(days=29) < ages.pop("hold") < timedelta(days=31)
        assert set(ages.values()) == {timedelta()}
        assert retention.overdue([], Kept(100, 90, 400), now=utc_now())["hold"] == timedelta()
