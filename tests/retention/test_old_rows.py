"""Old rows of organizations go in batches, each organization by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app import retention
from app.billing import catalog
from app.billing.wallet import verification
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7_floor
from app.models import Hold, HoldState, Organization
from app.retention import Kept, old_rows
from tests.factories import an_organization

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


def test_an_organization_that_fails_stops_no_other(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong, right = an_organization(), an_organization()
    ended(wrong, days=200)
    ended(right, days=201)
    real = old_rows.delete_old_of

    def fail_once(org_id: object, *args: object, **named: object) -> object:
        if org_id == wrong.id:
            raise ValueError("refused")
        return real(org_id, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(old_rows, "delete_old_of", fail_once)
    with pytest.raises(RuntimeError, match="1 organizations"):
        retention.delete_old(Kept(100, 90, 400))
    assert left() == ["200-0"]
