"""Months of events are made ahead and detached when their time is over; totals and transfers stay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from app.billing.usage import ingest, retention
from app.billing.usage.events import Reported
from app.billing.wallet import verification
from app.extensions import db
from app.models import UsageDaily, UsageDigest, UsageEvent
from tests.factories import an_organization, at
from tests.support.database import empty, owner


@pytest.fixture(autouse=True)
def without_months(app: Flask) -> Iterator[None]:
    """These tests and others find the table as the migration made it."""
    _drop_months()
    yield
    _drop_months()


def _drop_months() -> None:
    db.session.rollback()
    empty()
    query = text("SELECT tablename FROM pg_tables WHERE tablename ~ '^usage_event_[0-9]{4}_[0-9]{2}$'")
    with owner().begin() as connection:
        for name in connection.scalars(query).all():
            connection.execute(text(f"DROP TABLE {name}"))


def used(org_id: object, id: str, when: datetime) -> Reported:
    return Reported(0, org_id, "platform", id, "tokens_out", 1_000, when)  # type: ignore[arg-type]


def count(model: type) -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(model)) or 0


def rows_of(table: str) -> int:
    """Of a single month: only the owner reads it apart from the others."""
    with owner().connect() as connection:
        return connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0


def test_the_months_to_come_are_made_with_what_waited_for_them(app: Flask) -> None:
    organization = an_organization(credit="10")
    now = at("2026-11-10 12:00")
    ingest.ingest([used(organization.id, "a", now)], at=now)
    db.session.commit()
    made = retention.maintain_partitions(now, months_kept=13).made
    assert made == [date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
    assert rows_of("usage_event_2026_11") == 1
    assert rows_of("usage_event_rest") == 0
    assert retention.maintain_partitions(now, months_kept=13).made == []
    ingest.ingest([used(organization.id, "b", now)], at=now)
    db.session.commit()
    assert count(UsageEvent) == 2


def test_old_months_are_detached_and_nothing_else_is_lost(app: Flask) -> None:
    organization = an_organization(credit="10")
    then = at("2026-01-15 12:00")
    ingest.ingest([used(organization.id, "a", then)], at=then)
    db.session.commit()
    retention.maintain_partitions(then, months_kept=13)
    changes = retention.maintain_partitions(at("2026-11-10 12:00"), months_kept=6)
    assert changes.detached == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    assert count(UsageEvent) == 0
    assert rows_of("usage_event_2026_01") == 1, "to be archived"
    assert count(UsageDaily) == 1
    assert verification.check() == []


def test_months_for_which_late_events_are_taken_are_never_detached(app: Flask) -> None:
    now = at("2026-11-10 12:00")
    retention.maintain_partitions(now, months_kept=13)
    assert retention.maintain_partitions(now, months_kept=0).detached == []


def test_a_key_is_kept_for_as_long_as_its_event_could_come_again(app: Flask) -> None:
    organization = an_organization(credit="10")
    then = at("2026-10-01 12:00")
    event = used(organization.id, "a", then)
    ingest.ingest([event], at=then)
    db.session.commit()
    last_moment = then + timedelta(days=35)
    assert retention.maintain_partitions(last_moment, months_kept=13).keys == 0
    assert ingest.ingest([event], at=last_moment).duplicates == 1
    assert retention.maintain_partitions(last_moment + timedelta(minutes=11), months_kept=13).keys == 1
    assert count(UsageDigest) == 0
    late = ingest.ingest([event], at=last_moment + timedelta(minutes=11))
    assert (late.accepted, late.refused[0].field) == (0, "time")


def test_a_month_begins_and_ends_in_utc(app: Flask) -> None:
    retention.maintain_partitions(datetime(2026, 11, 10, tzinfo=UTC), months_kept=13)
    organization = an_organization(credit="10", timezone="Pacific/Kiritimati")
    now = at("2026-11-30 23:59")
    ingest.ingest([used(organization.id, "a", now)], at=now)
    db.session.commit()
    assert rows_of("usage_event_2026_11") == 1
