"""Hours of spend: each transfer counted once, in whatever steps, by however many workers."""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, select

from app.billing import hours
from app.billing.hours import counting
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, SpendCount, SpendHour, Transfer, UsageEvent
from tests.factories import at, give_credit
from tests.support.database import another_session, inside
from tests.support.metering import an_event, on_growth, take
from tests.support.own_database import on_its_own

NINE = at("2026-11-10 09:00")


def use(organization: Organization, when: datetime, *ids: str, **names: object) -> None:
    """Each event of a million output tokens, which cost what they cost, posted when it was used."""
    take(*[an_event(organization, id, 1_000_000, when=when, **names) for id in ids], now=when)


def counted(organization: Organization) -> dict[datetime, tuple[int, int]]:
    db.session.rollback()
    query = select(SpendHour).where(SpendHour.org_id == organization.id).order_by(SpendHour.hour)
    rows = db.session.scalars(query, execution_options={"populate_existing": True})
    return {row.hour.astimezone(UTC): (row.amount_micro, row.corrected_micro) for row in rows}


def count(organization: Organization, now: datetime) -> bool:
    is_more = hours.count(organization.id, now=now)
    db.session.commit()
    return is_more


def by_ledger(organization: Organization) -> dict[datetime, int]:
    """What the hours have to be: usage when it was posted, corrections when what they correct was used."""
    expected: dict[datetime, int] = defaultdict(int)
    for transfer in db.session.scalars(
        select(Transfer).where(Transfer.org_id == organization.id, Transfer.kind == "usage")
    ):
        expected[counting.hour_of(transfer.posted_at)] += transfer.amount_micro
    for event in db.session.scalars(
        select(UsageEvent).where(UsageEvent.org_id == organization.id, UsageEvent.corrects_id.is_not(None))
    ):
        expected[counting.hour_of(event.at)] += event.amount_micro
    return dict(expected)


def test_usage_counts_in_the_hour_of_posting_and_a_correction_in_that_of_use(app: Flask) -> None:
    organization = on_growth()
    use(organization, NINE, "a")
    use(organization, NINE + timedelta(minutes=59), "b")
    use(organization, NINE + timedelta(hours=1), "c")
    count(organization, NINE + timedelta(hours=2))
    price = counted(organization)[NINE + timedelta(hours=1)][0]
    assert price > 0
    assert counted(organization) == {NINE: (2 * price, 0), NINE + timedelta(hours=1): (price, 0)}
    later = NINE + timedelta(days=3)
    take(an_event(organization, "fix", 500_000, when=later, corrects=("platform", "a")), now=later)
    count(organization, later)
    assert counted(organization)[NINE] == (2 * price, -price // 2)
    assert set(counted(organization)) == {NINE, NINE + timedelta(hours=1)}


def test_counting_again_changes_nothing_and_credit_is_no_spend(app: Flask) -> None:
    organization = on_growth()
    use(organization, NINE, "a")
    give_credit(organization, "5", at=NINE + timedelta(minutes=1))
    before = None
    for _ in range(3):
        count(organization, NINE + timedelta(hours=1))
        assert before in {None, tuple(counted(organization).items())}
        before = tuple(counted(organization).items())
    assert db.session.scalars(select(SpendCount.seq)).one() == db.session.scalar(
        select(func.max(Transfer.seq))
    )


def test_what_is_too_old_is_passed_over_and_deleted(app: Flask) -> None:
    organization = on_growth()
    use(organization, NINE, "a")
    use(organization, NINE + timedelta(days=1), "b")
    count(organization, NINE + timedelta(days=1))
    assert len(counted(organization)) == 2
    hours.delete_old(NINE + timedelta(hours=1) + counting.KEPT)
    assert list(counted(organization)) == [NINE + timedelta(days=1)]
    other = on_growth()
    use(other, NINE, "a")
    count(other, NINE + timedelta(hours=1) + counting.KEPT)
    assert counted(other) == {}


def test_an_hour_that_the_posting_time_is_ahead_of_counts_now(app: Flask) -> None:
    """As after a change of the zone, which keeps a past day from growing."""
    organization = on_growth()
    use(organization, NINE + timedelta(hours=7), "a")
    count(organization, NINE)
    assert list(counted(organization)) == [NINE]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_any_steps_and_kills_end_in_what_the_ledger_says(
    app: Flask, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(counting, "BATCH", 3)
    chance = random.Random(seed)
    organization = on_growth(credit="1000")
    now, ids = NINE, []
    for step in range(25):
        now += timedelta(minutes=chance.randrange(50))
        match chance.randrange(4):
            case 0 if ids:
                wrong = chance.choice(ids)
                fix = an_event(
                    organization,
                    f"fix{step}",
                    chance.randrange(10) * 100_000,
                    when=now,
                    corrects=("platform", wrong),
                )
                take(fix, now=now)
            case 1:
                hours.count(organization.id, now=now)
                if chance.random() < 0.5:
                    db.session.rollback()  # killed before it committed
                db.session.commit()
            case _:
                ids.append(f"e{step}")
                use(organization, now, ids[-1])
    expected = by_ledger(organization)
    read = {one.hour: one.micro for one in hours.of(organization.id, NINE)}
    assert sum(read.values()) >= sum(expected.values())  # corrections that aren't counted yet
    while count(organization, now):
        pass
    assert {hour: sum(both) for hour, both in counted(organization).items()} == expected
    assert {one.hour: one.micro for one in hours.of(organization.id, NINE)} == expected


def test_two_workers_count_each_transfer_once(app: Flask) -> None:
    organization = on_growth()
    use(organization, NINE, *"abcdef")
    expected = by_ledger(organization)
    org_id: UUID = organization.id
    gate = threading.Barrier(4)

    def work() -> None:
        with inside(app):
            gate.wait()
            hours.count(org_id, now=NINE + timedelta(hours=1))
            db.session.commit()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {hour: sum(both) for hour, both in counted(organization).items()} == expected


@pytest.mark.long
def test_the_migration_fills_what_the_job_would_have_counted(process_name: str) -> None:
    with on_its_own(f"hours_{process_name}"):
        organization = on_growth()
        use(organization, NINE, "a")
        use(organization, NINE + timedelta(hours=3), "b")
        take(
            an_event(organization, "fix", 1, when=NINE, corrects=("platform", "a")),
            now=NINE + timedelta(hours=4),
        )
        expected = by_ledger(organization)
        another_session()
        downgrade(revision="0046")
        upgrade()
        another_session()
        assert {hour: sum(both) for hour, both in counted(organization).items()} == expected
        assert hours.find_due(utc_now() + timedelta(hours=1)) == []
