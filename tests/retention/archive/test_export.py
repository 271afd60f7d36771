"""A month is archived whole, to the micro-unit, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from app.extensions import db
from app.models import Transfer, TransferKind, UsageEvent
from app.models.scope import Reason, seeing_all
from app.retention.archive import ArchiveError, check, files
from tests.factories import at
from tests.support.archives import DECEMBER, NOVEMBER, archived, two_busy_organizations


def test_what_is_archived_sums_up_to_what_the_ledger_charged(app: Flask, tmp_path: Path) -> None:
    two_busy_organizations()
    months = [archived(tmp_path, month) for month in (NOVEMBER, DECEMBER)]
    with seeing_all(Reason.TESTS):
        events = db.session.scalar(db.select(db.func.count()).select_from(UsageEvent))
        usage = db.session.scalar(
            db.select(db.func.sum(Transfer.amount_micro)).where(Transfer.kind == TransferKind.USAGE)
        )
        returned = db.session.scalar(
            db.select(db.func.sum(Transfer.amount_micro)).where(Transfer.kind == TransferKind.ADJUSTMENT)
        )
    assert events and usage and returned
    assert sum(month.rows_of("events") for month in months) == events
    assert sum(month.charged["USD"] for month in months) == usage - returned
    assert [check(tmp_path / str(month)) for month in (NOVEMBER, DECEMBER)] == [[], []]


def test_every_event_comes_back_as_it_was(app: Flask, tmp_path: Path) -> None:
    two_busy_organizations()
    archived(tmp_path)
    with seeing_all(Reason.TESTS):
        kept = {
            (str(event.org_id), event.source, event.event_id): event
            for event in db.session.scalars(
                db.select(UsageEvent).where(UsageEvent.posted_at < at("2026-12-01 00:00"))
            )
        }
    read = list(files.rows(tmp_path / str(NOVEMBER), "events"))
    assert len(read) == len(kept)
    for row in read:
        event = kept[row["org_id"], row["source"], row["event_id"]]
        same = {
            name: getattr(event, name)
            for name in files.EVENT_COLUMNS
            if name not in {"org_id", "usage_group", "posted_on"}
        }
        assert {name: row[name] for name in same} == same


def test_a_month_that_isnt_over_is_refused(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="isn't over"):
        archived(tmp_path, now=at("2026-11-30 23:59"))
    assert list(tmp_path.iterdir()) == []


def test_a_month_is_archived_once(app: Flask, tmp_path: Path) -> None:
    archived(tmp_path)
    with pytest.raises(ArchiveError, match="there already"):
        archived(tmp_path)


def test_a_month_without_usage_is_archived_too(app: Flask, tmp_path: Path) -> None:
    made = archived(tmp_path)
    assert (made.rows_of("events"), made.charged) == (0, {})
    assert check(tmp_path / str(NOVEMBER)) == []


def test_where_events_and_ledger_differ_nothing_is_archived(app: Flask, tmp_path: Path) -> None:
    two_busy_organizations()
    with seeing_all(Reason.TESTS):
        costly = db.session.scalars(db.select(UsageEvent).where(UsageEvent.event_id == "e6")).one()
        values = {
            name: getattr(costly, name)
            for name in files.EVENT_COLUMNS
            if name not in {"usage_group", "posted_on"}
        }
        db.session.execute(db.insert(UsageEvent).values(values | {"event_id": "never charged"}))
        db.session.commit()
    with pytest.raises(
        ArchiveError, match=f"differs by {costly.amount_micro} micro-units(.|\n)*Nothing was archived"
    ):
        archived(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_has_left_is_written_again(app: Flask, tmp_path: Path) -> None:
    (tmp_path / ".2026-11.unfinished").mkdir()
    (tmp_path / ".2026-11.unfinished" / "events-00001.parquet").write_text("half")
    archived(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["2026-11"]
