"""Splitting a batch by its brackets finds what a decoder would, whatever the bytes are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.billing.usage import json_brackets
from app.billing.usage.json_brackets import NotSplittableError

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=8,
)


@pytest.mark.long
@given(values=st.lists(any_json, max_size=5))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_an_array_is_cut_where_a_decoder_would(values: list[Any]) -> None:
    for indent in (None, 1):
        cut = json_brackets.elements(json.dumps(values, indent=indent, ensure_ascii=False).encode())
        assert [json.loads(one) for one in cut] == values
        for one in cut:
            if one.startswith(b"{"):
                found = {json.loads(name): json.loads(value) for name, value in json_brackets.members(one)}
                assert found == json.loads(one)


@pytest.mark.parametrize(
    ("body", "count"),
    [
        (b"[]", 0),
        (b"[ 1 ]", 1),
        (b'[",,", {"a": [1, 2]}]', 2),
        (b" [1, [2, 3], 4] ", 3),
        (b"[1, 2", 1),
        (b"{}", 0),
    ],
)
def test_elements_are_counted_as_far_as_is_asked(body: bytes, count: int) -> None:
    assert [json_brackets.has_more_than(most, body) for most in range(1, 5)] == [
        count > most for most in range(1, 5)
    ]


@given(body=st.binary(max_size=30) | st.text('[]{}",:\\ a1', max_size=20).map(str.encode))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_no_bytes_break_the_cutting(body: bytes) -> None:
    for cut in (json_brackets.elements, json_brackets.members):
        try:
            cut(body)
        except NotSplittableError:
            continue


@pytest.mark.parametrize("within", [b'\\"', b"\\\\", b'\\",', b'"'])
def test_a_text_without_an_end_is_read_in_one_go(within: bytes) -> None:
    """Looked at from each quote in it, it would take hours: a token of any organization could stop a process."""
    for cut, begins in ((json_brackets.elements, b'["'), (json_brackets.members, b'{"')):
        with pytest.raises(NotSplittableError):
            cut(begins + within * 300_002)
