"""Whatever one event of a batch holds, exactly that one is refused, named by its field, and the others are charged.

Batches are written as bytes, because JSON can carry what no encoder writes."""

from __future__ import annotations

import json
import os
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.api.usage import BATCH, SINGLE
from app.billing.usage import defects
from app.billing.wallet import verification
from app.extensions import db
from app.models import Organization, RejectedEvent, UsageEvent
from tests.factories import an_organization
from tests.support.examples import examples
from tests.support.metering import a_cloudevent
from tests.support.platform import Platform

EXAMPLES = examples("HOSTILE_EXAMPLES", 40)
"""HOSTILE_EXAMPLES=5000 looks deeper, elsewhere each time."""


_numbers = count()


DEEP = 3_000


VALUES: dict[str, bytes] = {
    "null": b"null",
    "true": b"true",
    "zero": b"0",
    "minus zero": b"-0",
    "seven": b"7",
    "minus one": b"-1",
    "a fraction": b"1.5",
    "a whole float": b"60.0",
    "an exponent": b"1e2",
    "a float too large": b"1e999",
    "beyond 64 bits": b"18446744073709551616",
    "400 digits": b"1" + b"0" * 400,
    "5000 digits": b"9" * 5_000,
    "leading zeros": b"007",
    "NaN": b"NaN",
    "Infinity": b"-Infinity",
    "no value": b"undefined",
    "an empty text": b'""',
    "a number as text": b'"60"',
    "255 characters": b'"' + "ü".encode() * 255 + b'"',
    "256 characters": b'"' + b"x" * 256 + b'"',
    "a long text": b'"' + b"x" * 200_000 + b'"',
    "an emoji": '"😀"'.encode(),
    "a byte order mark": '"\ufeff"'.encode(),
    "decomposed": '"e\u0301"'.encode(),
    "quotes and braces": rb'"a\"],}{[\\"',
    "NUL, escaped": rb'"a\u0000b"',
    "NUL": b'"a\0b"',
    "a control character": b'"a\x01b"',
    "half a surrogate": rb'"\ud800"',
    "the other half": rb'"\udc00x"',
    "a surrogate in UTF-8": b'"\xed\xa0\x80"',
    "no UTF-8": b'"\xff\xfe"',
    "an overlong slash": b'"\xc0\xaf"',
    "a cut off character": b'"\xe2\x82"',
    "a bad escape": rb'"\x41"',
    "an array": b"[]",
    "an object": b"{}",
    "deep arrays": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "twice the same name": b'{"a": 1, "a": 2}',
    "another event": b'{"specversion": "1.0", "id": "x", "data": {"quantity": 5}}',
    "an early time": b'"0001-01-01T00:00:00+01:00"',
    "a late time": b'"9999-12-31T23:59:59-01:00"',
    "a leap second": b'"2026-11-24T23:59:60Z"',
    "an offset of a day": b'"2026-11-24T12:00:00+24:00"',
}


NAMES = {
    "an emoji",
    "a byte order mark",
    "decomposed",
    "quotes and braces",
    "255 characters",
    "a number as text",
    "an early time",
    "a late time",
    "a leap second",
    "an offset of a day",
}


NO_JSON = {
    "leading zeros",
    "NaN",
    "Infinity",
    "no value",
    "NUL",
    "a control character",
    "half a surrogate",
    "the other half",
    "a surrogate in UTF-8",
    "no UTF-8",
    "an overlong slash",
    "a cut off character",
    "a bad escape",
    "deep arrays",
    "deep objects",
}


RIGHT: dict[str, set[str]] = {
    "specversion": set(),
    "type": set(),
    "source": NAMES,
    "id": NAMES,
    "time": set(),
    "data": set(),
    "data.organization": set(),
    "data.meter": set(),
    "data.quantity": {"zero", "minus zero", "seven"},
    **{f"data.{name}": NAMES | {"null"} for name in ("call", "campaign", "agent", "number", "hold")},
    "data.corrects": {"null"},
    "data.corrects.source": set(),
    "data.corrects.id": set(),
    "datacontenttype": NAMES | {"null", "an empty text", "256 characters", "a long text", "NUL, escaped"},
    "subject": NAMES | {"null", "an empty text", "256 characters", "a long text", "NUL, escaped"},
    "traceparent": VALUES.keys() - NO_JSON,
    "data.minutes": set(),
}
"""What is right for a field; everything else in it is refused. Of fields that aren't known, those of `data` are."""


def written(event: dict[str, Any], field: str, value: bytes) -> bytes:
    """The event as JSON, with these bytes as the value of a field."""
    *path, name = field.split(".")
    at = event
    for step in path:
        at = at.setdefault(step, {"source": "platform", "id": "none"})
    at[name] = "@@"
    return json.dumps(event).encode().replace(b'"@@"', value)


def a_hostile_one(organization: Organization, field: str, value: str) -> tuple[bytes, bool]:
    event = a_cloudevent(organization, f"h{next(_numbers)}")
    return written(event, field, VALUES[value]), value in RIGHT[field]


def a_right_one(organization: Organization) -> bytes:
    return json.dumps(a_cloudevent(organization, f"r{next(_numbers)}", data={"quantity": 1_000})).encode()


def send(platform: Platform, *events: bytes) -> Any:
    answer = platform.open("POST", "/usage", data=b"[" + b", ".join(events) + b"]", content_type=BATCH)
    assert answer.status_code == 200, answer.text
    return answer.json


def is_named(told: str, field: str) -> bool:
    """A field that isn't known is told as its object's; what the catalog says of a field names it alone."""
    if field == "data.minutes" and told == "data":
        return True
    return (
        told == field
        or told == field.rsplit(".", maxsplit=1)[-1]
        or (field.startswith("data.corrects") and told == "corrects")
    )


@pytest.mark.parametrize("field", RIGHT)
def test_each_value_of_a_field_is_judged_alone(app: Flask, field: str) -> None:
    organization, platform = an_organization(credit="100"), Platform(app)
    hostile = {value: a_hostile_one(organization, field, value) for value in VALUES}
    batch, expected = [a_right_one(organization)], {}
    for value, (raw, is_right) in hostile.items():
        if not is_right:
            expected[len(batch)] = value
        batch += [raw, a_right_one(organization)]
    answer = send(platform, *batch)
    told = {one["index"]: one["field"] for one in answer["refused"]}
    assert {value: told.get(index) for index, value in expected.items() if index not in told} == {}
    assert {batch[index][:300]: told[index] for index in told if index not in expected} == {}
    assert [
        (value, told[index]) for index, value in expected.items() if not is_named(told[index], field)
    ] == []
    assert answer["accepted"] + answer["duplicates"] == len(batch) - len(expected)
    again = send(platform, *batch)
    assert (again["accepted"], again["refused"]) == (0, answer["refused"])
    assert verification.check() == []


def test_one_hostile_event_at_any_place_harms_no_other(app: Flask) -> None:
    organization, platform = an_organization(credit="100"), Platform(app)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize="HOSTILE_EXAMPLES" not in os.environ,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        field=st.sampled_from(sorted(RIGHT)),
        value=st.sampled_from(sorted(VALUES)),
        right=st.integers(0, 4),
        place=st.integers(0, 4),
    )
    def holds(field: str, value: str, right: int, place: int) -> None:
        place = min(place, right)
        raw, is_right = a_hostile_one(organization, field, value)
        batch = [a_right_one(organization) for _ in range(right)]
        batch.insert(place, raw)
        before = charged()
        answer = send(platform, *batch)
        is_new = is_right and not answer["duplicates"]
        assert (answer["accepted"], charged() - before) == (right + is_new,) * 2
        assert [one["index"] for one in answer["refused"]] == ([] if is_right else [place])
        assert all(is_named(one["field"], field) and one["reason"] for one in answer["refused"])
        again = send(platform, *batch)
        assert (again["accepted"], again["duplicates"]) == (0, right + is_right)

    def charged() -> int:
        db.session.rollback()
        return db.session.scalar(db.select(db.func.count()).select_from(UsageEvent)) or 0

    holds()


@pytest.mark.parametrize("offset", ["+15:59", "-15:59", "+16:00", "-16:00", "+23:59", "-23:59", "-00:00"])
def test_any_offset_is_a_moment(app: Flask, offset: str) -> None:
    organization, platform = an_organization(credit="10"), Platform(app)
    event = json.loads(a_right_one(organization))
    hours, minutes = int(offset[1:3]), int(offset[4:])
    shift = (hours * 60 + minutes) * (-1 if offset[0] == "-" else 1)
    moment = db.session.scalar(db.text(f"SELECT now() AT TIME ZONE 'UTC' + interval '{shift} minutes'"))
    event["time"] = f"{moment.isoformat()}{offset}"
    assert send(platform, json.dumps(event).encode())["accepted"] == 1
    at = db.session.scalars(db.select(UsageEvent.at)).one()
    assert abs((at - db.session.scalar(db.text("SELECT now()"))).total_seconds()) < 600


@pytest.mark.parametrize(
    "element",
    [
        b"null",
        b"7",
        b'"text"',
        b"[]",
        b"{}",
        b"nonsense",
        b'{"id"}',
        b"[" * DEEP + b"]" * DEEP,
        b"\xff",
        b'{"\xff": 1}',
    ],
)
def test_what_is_no_event_is_refused_alone(app: Flask, element: bytes) -> None:
    organization, platform = an_organization(credit="10"), Platform(app)
    answer = send(platform, a_right_one(organization), element, a_right_one(organization))
    assert (answer["accepted"], [one["index"] for one in answer["refused"]]) == (2, [1])
    alone = platform.open("POST", "/usage", data=element, content_type=SINGLE)
    assert (alone.status_code, len(alone.json["refused"])) == (200, 1)


@pytest.mark.parametrize(
    "body",
    [b"[", b"[,]", b'["]', b"[{]}", b"[{},", b"[{}] more", b"[{}]]", b"{}", b"\xff", b"[\xff", b'[{}, "a]'],
)
def test_what_can_not_be_cut_into_elements_is_malformed(app: Flask, body: bytes) -> None:
    assert Platform(app).open("POST", "/usage", data=body, content_type=BATCH).status_code == 400


def test_what_was_sent_can_be_stored_or_its_beginning_is(app: Flask) -> None:
    organization, platform = an_organization(credit="10"), Platform(app)
    for field in ("id", "data.quantity", "data.corrects.id"):
        for value in VALUES:
            send(platform, a_hostile_one(organization, field, value)[0])
    db.session.rollback()
    rows = db.session.scalars(db.select(RejectedEvent)).all()
    assert len(rows) > 2 * len(NO_JSON)
    cut_off = [row for row in rows if defects.is_beginning(row.body)]
    assert 0 < len(cut_off) < len(rows)
    assert all(row.event_id for row in rows if row.field == "data.quantity")
