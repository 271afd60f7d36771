"""The age of what should be deleted is told, of some organizations each time, and of all in the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.clock import utc_now
from app.doctor import overdue
from app.doctor.overdue import OverdueRows
from app.extensions import db
from app.ids import uuid7_floor
from app.models import Hold, HoldState, Organization
from tests.factories import an_organization


def an_old_hold(organization: Organization, days: int) -> None:
    at = utc_now() - timedelta(days=days)
    db.session.add(
        Hold(
            org_id=organization.id, id=uuid7_floor(at), key="1", amount_micro=0, state=HoldState.RELEASED,
            created_at=at, expires_at=at, ended_at=at,
        )
    )  # fmt: skip
    db.session.commit()


def days_of(rows: OverdueRows) -> int:
    (metric,) = rows.read()
    return next(round(one.value / 86_400) for one in metric.samples if one.labels == {"table": "hold"})


def test_each_organization_has_its_turn(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overdue, "LOOKED_AT", 1)
    kept: int = app.config["SETTINGS"].hold_days_kept
    organizations = sorted((an_organization() for _ in range(3)), key=lambda one: one.id)
    for late, organization in zip((3, 0, 7), organizations, strict=True):
        an_old_hold(organization, kept + late)
    rows = OverdueRows(app)
    assert [days_of(rows) for _ in range(5)] == [3, 0, 7, 0, 3], "after the last one it begins again"


def test_few_organizations_are_looked_at_together(app: Flask) -> None:
    rows, kept = OverdueRows(app), app.config["SETTINGS"].hold_days_kept
    assert days_of(rows) == 0, "there is none yet"
    for late in (3, 7):
        an_old_hold(an_organization(), kept + late)
    assert [days_of(rows) for _ in range(2)] == [7, 7]
