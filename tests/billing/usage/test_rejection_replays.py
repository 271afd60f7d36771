"""Replays of refused events: in batches, each as its sender, and what is still refused says why now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.billing.usage import rejection_replays, reports
from app.billing.usage.events import Sender
from app.billing.usage.rejections import Filters
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, RejectedEvent, UsageEvent
from tests.factories import an_organization
from tests.support.metering import a_cloudevent


@pytest.fixture
def organization(app: Flask) -> Organization:
    return an_organization(credit="10")


def refuse(*events: Any, only: UUID | None = None) -> None:
    """Let events be stored as if they could not be recorded."""
    sender = Sender(uuid4(), only)
    for event in events:
        raw = event if isinstance(event, bytes) else json.dumps(event).encode()
        reports.refuse(0, raw, sender, at=utc_now())
    db.session.commit()


def replay(filters: Filters | None = None, *, earlier: timedelta = timedelta()) -> list[tuple[int, int]]:
    """How many of each batch were accepted, and how many still rejected."""
    found = rejection_replays.replay(filters or Filters(), at=utc_now() - earlier)
    return [(one.taken, len(one.still)) for one in found]


def rows() -> Sequence[RejectedEvent]:
    query = db.select(RejectedEvent).order_by(RejectedEvent.id)
    return db.session.scalars(query, execution_options={"populate_existing": True}).all()


def taken() -> list[str]:
    return list(db.session.scalars(db.select(UsageEvent.event_id).order_by(UsageEvent.event_id)))


def test_nothing_refused_is_no_batch(app: Flask) -> None:
    assert replay() == []


def test_what_is_right_now_is_accepted_once(organization: Organization) -> None:
    refuse(a_cloudevent(organization))
    assert replay() == [(1, 0)]
    assert rows()[0].replayed_at is not None
    assert (replay(), taken()) == ([], ["e1"])


def test_one_that_was_sent_again_and_recorded_meanwhile_counts_as_accepted(
    organization: Organization,
) -> None:
    event = a_cloudevent(organization)
    refuse(event)
    reports.ingest_batch({0: json.dumps(event).encode()}, Sender(None, None), at=utc_now())
    db.session.commit()
    assert (replay(), taken()) == ([(1, 0)], ["e1"])


def test_what_is_still_refused_says_why_now(organization: Organization) -> None:
    refuse(a_cloudevent(organization, data={"quantity": -1}))
    assert rows()[0].field == ""
    assert replay() == [(0, 1)]
    [row] = rows()
    assert (row.field, row.replayed_at) == ("data.quantity", None)
    assert ">= 0" in row.reason


def test_of_which_only_the_beginning_was_stored_is_never_accepted(organization: Organization) -> None:
    refuse(json.dumps(a_cloudevent(organization, subject="x" * 20_000)).encode())
    assert replay() == [(0, 1)]
    assert "must be sent again" in rows()[0].reason
    assert taken() == []


def test_it_is_judged_as_the_sender_that_it_came_from(organization: Organization) -> None:
    other = an_organization(credit="10")
    refuse(a_cloudevent(organization, "theirs"), a_cloudevent(other, "own"), only=other.id)
    assert (replay(), taken()) == ([(1, 1)], ["own"])


def test_batches_go_on_behind_those_that_are_still_refused(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rejection_replays, "BATCH", 2)
    refuse(b"1", b"2", b"3", a_cloudevent(organization), b"5")
    assert replay() == [(0, 2), (1, 1), (0, 1)]


def test_each_batch_is_committed_before_the_next_is_begun(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rejection_replays, "BATCH", 1)
    refuse(a_cloudevent(organization, "a"), a_cloudevent(organization, "b"))
    batches = rejection_replays.replay(Filters(), at=utc_now())
    next(batches)
    db.session.rollback()
    assert taken() == ["a"]


def test_what_is_refused_meanwhile_is_not_among_them(organization: Organization) -> None:
    refuse(a_cloudevent(organization))
    assert replay(earlier=timedelta(hours=1)) == []


def test_only_those_that_are_chosen_are_taken(organization: Organization) -> None:
    refuse(a_cloudevent(organization, "a"), a_cloudevent(organization, "b"))
    assert replay(Filters(ids=(rows()[1].id,))) == [(1, 0)]
    assert taken() == ["b"]
