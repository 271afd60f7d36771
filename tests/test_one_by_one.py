"""The trouble of one organization in a sweep is no one else's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from app.clock import utc_now
from app.extensions import db, enqueue
from app.ids import uuid7
from app.models import Hold, HoldState, Mail, Organization, Wallet
from app.one_by_one import one_by_one
from tests.factories import a_card, an_organization, usd
from tests.support.database import superuser
from tests.support.sandbox import work_through


@contextmanager
def locked(organization: Organization) -> Iterator[None]:
    """Someone else has the organization's wallet locked."""
    with superuser().connect() as other:
        other.execute(text("SELECT 1 FROM wallet WHERE org_id = :id FOR UPDATE"), {"id": organization.id})
        yield


def a_lease_that_is_over(organization: Organization) -> None:
    amount = usd("1").micro
    db.session.get_one(Wallet, organization.id).held_micro += amount
    over = utc_now() - timedelta(hours=1)
    db.session.add(
        Hold(org_id=organization.id, id=uuid7(), key="call-1", amount_micro=amount, expires_at=over)
    )
    db.session.commit()


def run(app: Flask, task: str) -> None:
    """What the worker does by the clock."""
    enqueue(task, timestamp=0)
    db.session.commit()
    work_through(app)
    db.session.rollback()


def test_one_that_fails_is_left_and_the_others_are_done(app: Flask) -> None:
    organizations = [an_organization(f"Before {number}") for number in range(4)]

    def rename(organization: Organization) -> None:
        organization.name = "After"
        db.session.flush()
        if organization is organizations[1]:
            raise RuntimeError("its own trouble")

    assert one_by_one("renaming", organizations, rename, seconds=60) == 1
    db.session.rollback()
    names = sorted(db.session.scalars(db.select(Organization.name)))
    assert names == ["After", "After", "After", "Before 1"], "what the failed one had begun is undone"


def test_what_there_is_no_time_for_is_left_for_the_next_time(app: Flask) -> None:
    done: list[int] = []
    assert one_by_one("counting", range(10), done.append, seconds=-1) == 0
    assert done == []


def test_nothing_is_always_last(app: Flask) -> None:
    firsts = set()
    for _ in range(60):
        done: list[int] = []
        one_by_one("counting", range(3), done.append, seconds=60)
        firsts.add(done[0])
    assert firsts == {0, 1, 2}


@pytest.mark.long
def test_a_wallet_that_is_locked_keeps_no_other_lease_from_ending(app: Flask) -> None:
    organizations = [an_organization(credit="5") for _ in range(3)]
    for organization in organizations:
        a_lease_that_is_over(organization)
    busy = organizations[0]
    with locked(busy):
        run(app, "end_leases")
        ended = db.select(Hold.org_id).where(Hold.state == HoldState.EXPIRED)
        assert set(db.session.scalars(ended)) == {one.id for one in organizations} - {busy.id}
    run(app, "end_leases")
    assert db.session.scalar(db.select(db.func.count()).where(Hold.state == HoldState.ACTIVE)) == 0


def test_a_card_that_can_not_be_told_of_keeps_no_other_from_being_told_of(app: Flask) -> None:
    today = utc_now().date()
    organizations = [an_organization() for _ in range(3)]
    for organization in organizations:
        card = a_card(organization)
        card.exp_year, card.exp_month = today.year, today.month
    broken = organizations[1]
    broken.timezone = "No/Where"
    db.session.commit()
    run(app, "tell_of_expiring_cards")
    told = set(db.session.scalars(db.select(Mail.org_id)))
    assert told == {one.id for one in organizations} - {broken.id}
