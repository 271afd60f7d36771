"""What can't be decoded: the field that is to blame, and as much of it as can be stored."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.billing.usage import defects
from app.billing.usage.events import LONGEST
from app.text import REPLACEMENT

DEEP = 100_000
NO_OBJECT = ("", "Not a JSON object in UTF-8.")


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"", NO_OBJECT),
        (b"[1, ", NO_OBJECT),
        (b'{"a": 1', NO_OBJECT),
        (b'{"id": "\xff"}', ("id", "Not valid UTF-8.")),
        (b'{"id": 1, "data": {"call": "\xff"}}', ("data.call", "Not valid UTF-8.")),
        (b'{"data": {"corrects": {"id": NaN}}}', ("data.corrects.id", "Not valid JSON")),
        (b'{"data": {"other": {"id": NaN}}}', ("data.other", "Not valid JSON")),
        (b'{"other": {"id": NaN}}', ("other", "Not valid JSON")),
        (b'{"id": ' + b"[" * DEEP + b"]" * DEEP + b"}", ("id", "Nested too deeply.")),
        (b'{"\xff": 1}', ("", "A field name is not valid Unicode.")),
        (b'{"data": {"\xff": 1}}', ("data", "A field name is not valid Unicode.")),
        (b'{"data.corrects": {"id": NaN}}', ("data.corrects", "Not valid JSON")),
        (b'{"": ' * 2_000 + b"NaN" + b"}" * 2_000, ("", "Nested too deeply.")),
        (b'{"": ' * 600 + b"\xff" + b"}" * 600, ("", "Not valid UTF-8.")),
        (b'{".": ' * 600 + b"\xff" + b"}" * 600, (".", "Not valid UTF-8.")),
        (b'{"a\\u0000b": NaN}', (f"a{REPLACEMENT}b", "Not valid JSON")),
    ],
)
def test_the_field_that_is_to_blame_is_found(raw: bytes, found: tuple[str, str]) -> None:
    field, reason = defects.find(raw)
    assert (field, reason[: len(found[1])]) == found


def test_what_is_far_too_large_is_not_looked_into() -> None:
    """Decoded without a type, it takes fifty times as much memory."""
    raw = b'{"id": "1", "x": [' + b"[]," * 400_000 + b"NaN]}"
    tracemalloc.start()
    found, names = defects.find(raw), defects.names_of(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found, names) == (("", "Has more than 1,000,000 bytes."), (None, None))
    assert peak < len(raw)


def test_of_several_the_first_is_told() -> None:
    assert defects.find(b'{"a": 1, "b": NaN, "c": \xff}')[0] == "b"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text('aü😀"\\{}[],:', max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3)
        ),
        max_leaves=10,
    )
)
def test_what_can_be_stored_is_stored_as_it_came(body: Any) -> None:
    assert defects.body_of(json.dumps(body).encode()) == body


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff" + b"x" * 9,
        b'{"a": "\\u0000"}',
        b'{"a\\u0000": 1}',
        b'{"a": NaN}',
        b'["\\ud800"]',
        b"[" * DEEP + b"]" * DEEP,
    ],
)
def test_of_what_can_not_its_beginning_is(raw: bytes) -> None:
    body = defects.body_of(raw)
    assert defects.is_beginning(body)
    assert 0 < len(body["text"]) <= 2_000
    assert "\0" not in body["text"]


def test_both_limits_of_what_is_stored_are_stored() -> None:
    longest = b'"' + b"x" * 19_998 + b'"'
    assert defects.body_of(longest) == "x" * 19_998
    assert defects.is_beginning(defects.body_of(longest + b" "))
    deepest = json.loads("[" * 32 + "]" * 32)
    assert defects.body_of(json.dumps(deepest).encode()) == deepest
    assert defects.is_beginning(defects.body_of(json.dumps([deepest]).encode()))


@pytest.mark.parametrize("body", [None, [], "text", {}, {"text": 1, "id": 2}, {"id": 1}])
def test_only_a_beginning_is_taken_for_one(body: Any) -> None:
    assert not defects.is_beginning(body)


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (b'{"source": "s", "id": "e"}', ("s", "e")),
        (b'{"id": "e", "data": NaN}', (None, "e")),
        (b'{"source": 7, "id": null}', (None, None)),
        (b'{"source": "\xff", "id": "a\\u0000b"}', (None, f"a{REPLACEMENT}b")),
        (b'{"data": {"source": "s", "id": "e"}}', (None, None)),
        (b"[]", (None, None)),
        (b"", (None, None)),
    ],
)
def test_the_names_are_read_as_far_as_they_can_be(raw: bytes, names: tuple[str | None, str | None]) -> None:
    assert defects.names_of(raw) == names


def test_long_names_are_cut_to_what_a_name_may_have() -> None:
    _, id_ = defects.names_of(b'{"id": "' + b"x" * (LONGEST + 1) + b'"}')
    assert id_ == "x" * LONGEST


@pytest.mark.parametrize(("text", "shown"), [("", ""), ("a\0b", f"a{REPLACEMENT}b"), ("x" * 301, "x" * 300)])
def test_shortened_input_is_storable_and_of_bounded_length(text: str, shown: str) -> None:
    assert defects.shortened(text) == shown
