"""Rejected events: stored once, so many of each sender and for so long, and found by any of their traits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.billing.usage import rejections
from app.billing.usage.events import Refusal, Sender
from app.billing.usage.rejections import Filters, Rejected
from app.clock import utc_now
from app.extensions import db
from app.models import RejectedEvent
from app.models.usage import NO_ONE
from tests.support.metering import NOW

ONE, OTHER, UNKNOWN = Sender(UUID(int=1), None), Sender(UUID(int=2), None), Sender(None, NO_ONE)
TICK = timedelta(microseconds=1)


def rejected(
    id: str, *, index: int = 0, org_id: UUID | None = None, field: str = "id", reason: str = "Wrong."
) -> Rejected:
    return Rejected(
        org_id, "s", id, {"id": id}, rejections.digest(id.encode()), Refusal(index, field, reason)
    )


def store(*ids: str, sender: Sender = ONE, at: Any = NOW, **values: Any) -> list[int]:
    return rejections.store(
        [rejected(id, index=index, **values) for index, id in enumerate(ids)], sender, at=at
    )


def found(filters: Filters | None = None, *, after: UUID | None = None, limit: int = 100) -> list[str | None]:
    return [row.event_id for row in rejections.waiting(filters or Filters(), after=after, limit=limit)]


class TestStored:
    def test_nothing_rejected_stores_nothing(self, app: Flask) -> None:
        assert (store(), rejections.count(Filters())) == ([], 0)

    def test_the_same_bytes_of_a_sender_are_stored_once(self, app: Flask) -> None:
        store("a", "a", "b")
        store("a")
        store("a", sender=OTHER)
        assert found() == ["a", "b", "a"]

    def test_one_that_was_replayed_is_stored_again_when_it_comes_again(self, app: Flask) -> None:
        store("a")
        db.session.scalars(db.select(RejectedEvent)).one().replayed_at = NOW
        assert found() == []
        store("a")
        assert found() == ["a"]

    def test_those_beyond_the_limit_are_named_by_their_place(
        self, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rejections, "MOST_OF_A_SENDER", 3)
        assert store("a", "b") == []
        assert store("c", "d", "e") == [1, 2]
        assert store("f") == [0]
        assert store("a", sender=OTHER) == []
        for row in rejections.waiting(Filters(senders=(ONE.token_id,)), limit=1):
            row.replayed_at = NOW
        assert store("g", "h") == [1], "one that was replayed leaves its place"

    def test_an_event_of_no_organization_is_no_one_s_and_a_field_is_cut(self, app: Flask) -> None:
        store("a", field="x" * 200)
        row = db.session.scalars(db.select(RejectedEvent)).one()
        assert (row.org_id, row.field) == (NO_ONE, "x" * 120)


class TestFilters:
    @pytest.fixture(autouse=True)
    def three(self, app: Flask) -> None:
        self.org_id = uuid4()
        store("a", at=NOW, org_id=self.org_id)
        store("b", at=NOW + TICK, sender=OTHER, field="time", reason="100% too late_today")
        store("c", at=NOW + 2 * TICK, sender=UNKNOWN, field="time", reason="Early")

    @pytest.mark.parametrize(
        ("filters", "ids"),
        [
            (Filters(), "abc"),
            (Filters(senders=(ONE.token_id,)), "a"),
            (Filters(senders=(None,)), "c"),
            (Filters(senders=(OTHER.token_id, None)), "bc"),
            (Filters(field="time"), "bc"),
            (Filters(reason="TOO LATE"), "b"),
            (Filters(reason="%"), "b"),
            (Filters(reason="_"), "b"),
            (Filters(since=NOW + TICK), "bc"),
            (Filters(until=NOW + TICK), "ab"),
            (Filters(org_id=NO_ONE), "bc"),
            (Filters(field="time", senders=(ONE.token_id,)), ""),
        ],
    )
    def test_all_that_are_given_have_to_hold(self, filters: Filters, ids: str) -> None:
        assert found(filters) == list(ids)
        assert rejections.count(filters) == len(ids)

    def test_of_an_organization_and_by_id(self) -> None:
        assert found(Filters(org_id=self.org_id)) == ["a"]
        _, second, third = rejections.waiting(Filters(), limit=3)
        assert found(Filters(ids=(third.id, second.id))) == ["b", "c"]

    def test_a_page_begins_after_the_one_before(self) -> None:
        [first] = rejections.waiting(Filters(), limit=1)
        assert found(after=first.id) == ["b", "c"]
        assert found(after=first.id, limit=1) == ["b"]
        assert rejections.count(Filters(), after=first.id) == 2


def test_they_are_removed_when_they_are_older_than_so_many_days_accepted_or_not(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rejections, "_BATCH", 2)
    now = utc_now()
    store("limit", at=now - timedelta(days=30))
    store("1", "2", "3", "4", "5", at=now - timedelta(days=30) - TICK)
    db.session.scalars(db.select(RejectedEvent).where(RejectedEvent.event_id == "1")).one().replayed_at = now
    db.session.commit()
    assert rejections.remove_old(now, days_kept=30) == 5
    assert found() == ["limit"]
    assert rejections.remove_old(now, days_kept=30) == 0
