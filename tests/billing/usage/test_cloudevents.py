"""CloudEvents as they are read: each value where it belongs, and the field of what is wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from app.billing.usage import cloudevents
from app.billing.usage.events import LONGEST, MOST, Refusal, Reported
from tests.support.metering import a_cloudevent

ORG_ID = uuid4()
TIME = "2026-11-10T12:00:00Z"


def read(**changes: Any) -> Reported | Refusal:
    return cloudevents.read(3, json.dumps(a_cloudevent(ORG_ID, **({"time": TIME} | changes))).encode())


def test_every_value_is_where_it_belongs() -> None:
    names = {"call": "c", "campaign": "Recall", "agent": "Ava", "number": "+1", "hold": "h"} | {
        "direction": "inbound",
        "country": "CA",
    }
    event = read(id="fix", source="s", data={**names, "corrects": {"source": "s0", "id": "e0"}})
    assert event == Reported(
        index=3,
        org_id=ORG_ID,
        source="s",
        id="fix",
        meter="tokens_out",
        quantity=60,
        at=datetime(2026, 11, 10, 12, tzinfo=UTC),
        corrects=("s0", "e0"),
        **names,
    )


def test_what_is_left_out_or_null_is_none() -> None:
    assert read() == read(data={"call": None, "corrects": None, "hold": None})


@pytest.mark.parametrize(
    ("time", "moment"),
    [
        ("2026-11-10T12:00:00+05:45", datetime(2026, 11, 10, 6, 15, tzinfo=UTC)),
        ("2026-11-10T12:00:00-23:59", datetime(2026, 11, 11, 11, 59, tzinfo=UTC)),
        ("2026-11-10T12:00:00.123456Z", datetime(2026, 11, 10, 12, 0, 0, 123456, tzinfo=UTC)),
    ],
)
def test_any_offset_is_read_as_that_moment_in_utc(time: str, moment: datetime) -> None:
    event = read(time=time)
    assert isinstance(event, Reported)
    assert (event.at, event.at.tzinfo) == (moment, UTC)


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"])
def test_a_moment_outside_of_the_calendar_is_refused(time: str) -> None:
    assert read(time=time) == Refusal(3, "time", "Must be between the years 1 and 9999 in UTC.")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"data": {"quantity": MOST + 1}}, "data.quantity"),
        ({"data": {"quantity": True}}, "data.quantity"),
        ({"data": {"meter": "x" * 61}}, "data.meter"),
        ({"data": {"hold": "x" * (LONGEST + 1)}}, "data.hold"),
        ({"data": {"corrects": {"source": "s", "id": ""}}}, "data.corrects.id"),
        ({"data": {"corrects": {"source": "s"}}}, "data.corrects"),
        ({"data": {"corrects": {"source": "s", "id": "e", "at": 1}}}, "data.corrects"),
        ({"data": {"unknown": 1}}, "data"),
        ({"time": "2026-11-10T12:00:00"}, "time"),
        ({"specversion": "1.0.2"}, "specversion"),
    ],
)
def test_the_field_that_is_wrong_is_named_with_its_path(changes: dict[str, Any], field: str) -> None:
    refusal = read(**changes)
    assert isinstance(refusal, Refusal)
    assert (refusal.index, refusal.field) == (3, field)
    assert refusal.reason
    assert "$" not in refusal.reason, "the path is in the field, not in the reason"


def test_the_highest_quantity_and_extensions_of_others_are_accepted() -> None:
    event = read(data={"quantity": MOST}, traceparent="00-a", subject=None)
    assert isinstance(event, Reported)
    assert event.quantity == MOST


def test_a_missing_field_is_named_in_the_reason() -> None:
    raw = a_cloudevent(ORG_ID)
    del raw["id"]
    refusal = cloudevents.read(0, json.dumps(raw).encode())
    assert isinstance(refusal, Refusal)
    assert (refusal.field, "`id`" in refusal.reason) == ("", True)


def test_invalid_utf_8_in_a_field_that_is_skipped_is_refused_too() -> None:
    raw = json.dumps(a_cloudevent(ORG_ID, traceparent="@@")).encode().replace(b"@@", b"\xff")
    refusal = cloudevents.read(0, raw)
    assert refusal == Refusal(0, "traceparent", "Not valid UTF-8.")


def test_many_are_read_as_each_is_by_itself() -> None:
    """In every order of valid and invalid ones, and of pieces that would be others put together."""
    valid = [json.dumps(a_cloudevent(ORG_ID, f"e{n}", time=TIME, comment="ü")).encode() for n in range(3)]
    pieces = [
        *valid,
        b" " + valid[0] + b"\n",
        valid[0].replace(b'"quantity": 60', b'"quantity": -1'),
        valid[0].replace(TIME.encode(), b"0001-01-01T00:00:00+05:00"),
        valid[0].replace(b"\\u00fc", b"\xff"),
        valid[0] + b"," + valid[1],
        valid[0][:40],
        valid[0][40:],
        b"",
        b"[]",
        b"null",
    ]
    for size in (0, 1, 2, 3):
        for chosen in permutations(pieces, size):
            raw = {7 * place: one for place, one in enumerate(chosen)}
            assert cloudevents.read_many(raw) == [cloudevents.read(index, one) for index, one in raw.items()]
