"""A dispute of years ago is answered from the files, without the database."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask

from app.extensions import db
from app.models import TransferKind, UsageEvent, WalletLine
from app.models.scope import Reason, seeing_all
from app.retention.archive import ArchiveError, by_meter, lines_of
from tests.support.archives import DECEMBER, NOVEMBER, archived, two_busy_organizations
from tests.support.database import empty


def test_each_day_shows_the_lines_of_the_history_and_their_events(app: Flask, tmp_path: Path) -> None:
    organizations = [organization.id for organization in two_busy_organizations()]
    with seeing_all(Reason.TESTS):
        kinds = (TransferKind.USAGE, TransferKind.ADJUSTMENT)
        history = {
            (line.org_id, line.day, str(line.id)): -line.amount_micro
            for line in db.session.scalars(db.select(WalletLine).where(WalletLine.kind.in_(kinds)))
        }
    for month in (NOVEMBER.before, NOVEMBER, DECEMBER):
        archived(tmp_path, month)
    db.session.rollback()
    empty()  # the database has forgotten all of it

    found = {
        (org_id, day, line.line_id): (line.charged, line.of_events)
        for org_id in organizations
        for day in sorted({day for _, day, _ in history})
        for line in lines_of(tmp_path, org_id, day)
        if line.transfers
    }
    assert found == {key: (charged, charged) for key, charged in history.items()}
    assert len(found) > 5


def test_a_line_is_broken_down_by_meter(app: Flask, tmp_path: Path) -> None:
    first, _ = two_busy_organizations()
    archived(tmp_path)
    lines = lines_of(tmp_path, first.id, date(2026, 11, 20))
    (models,) = [line for line in lines if line.usage_group == "models" and not line.is_correction]
    events, quantity, cost = by_meter(models)["tokens_out"]
    assert (events, quantity) == (7, 7_000_000)
    assert cost == models.charged > 0
    (fix,) = [line for line in lines if line.is_correction]
    assert (by_meter(fix)["tokens_out"][:2], fix.charged < 0) == ((1, -600_000), True)


def test_a_day_of_the_zone_is_read_from_both_months(app: Flask, tmp_path: Path) -> None:
    first, _ = two_busy_organizations()
    archived(tmp_path)
    with pytest.raises(ArchiveError, match="2026-12"):
        lines_of(tmp_path, first.id, date(2026, 11, 30))
    archived(tmp_path, DECEMBER)
    assert [len(line.events) for line in lines_of(tmp_path, first.id, date(2026, 11, 30))] == [1]


def test_what_cost_nothing_is_listed_behind_the_lines(app: Flask, tmp_path: Path) -> None:
    first, _ = two_busy_organizations()
    archived(tmp_path)
    (included,) = [line for line in lines_of(tmp_path, first.id, date(2026, 11, 20)) if not line.transfers]
    assert (included.detail, included.charged, included.of_events) == ("Included in the plan", 0, 0)
    assert list(by_meter(included)) == ["calls_outbound"]


def test_every_event_of_a_day_is_in_one_line(app: Flask, tmp_path: Path) -> None:
    first, _ = two_busy_organizations()
    for month in (NOVEMBER, DECEMBER):
        archived(tmp_path, month)
    shown = [
        event["event_id"]
        for day in (10, 20, 30)
        for line in lines_of(tmp_path, first.id, date(2026, 11, day))
        for event in line.events
    ]
    with seeing_all(Reason.TESTS):
        kept = db.session.scalars(db.select(UsageEvent.event_id).where(UsageEvent.org_id == first.id)).all()
    assert sorted(shown) == sorted(kept)


def test_someone_without_usage_has_no_lines(app: Flask, tmp_path: Path) -> None:
    two_busy_organizations()
    archived(tmp_path)
    assert lines_of(tmp_path, uuid4(), date(2026, 11, 20)) == []
