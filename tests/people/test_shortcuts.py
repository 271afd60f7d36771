"""A person's keys: how they are typed, which collide, and what is stored."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.people import shortcuts
from app.people.shortcuts import KeysError
from tests.factories import a_person, an_organization

USUAL = {"wallet": "g w", "top_up": "t", "list": "?", "none": ""}


@pytest.mark.parametrize(
    ("typed", "keys"),
    [("gw", "g w"), (" G  W ", "g w"), ("t", "t"), ("", ""), ("?", "?"), ("\u00d6", "\u00f6"), ("1", "1")],
)
def test_keys_as_people_type_them(typed: str, keys: str) -> None:
    assert shortcuts.parse(typed) == keys


@pytest.mark.parametrize("typed", ["g w o", "ctrl+k", "\x07", "\u0301", "a\u200b", "\u202e"])
def test_what_no_key_types_is_refused(typed: str) -> None:
    with pytest.raises(KeysError):
        shortcuts.parse(typed)


@given(st.text(max_size=10))
def test_what_was_read_is_read_the_same_again(typed: str) -> None:
    try:
        keys = shortcuts.parse(typed)
    except KeysError:
        return
    assert shortcuts.parse(keys) == keys


@pytest.mark.parametrize(("one", "other"), [("t", "t"), ("g", "g w"), ("g w", "g")])
def test_keys_that_collide(one: str, other: str) -> None:
    assert shortcuts.find_collisions({"a": one, "b": other}) == {"b": "a"}


@pytest.mark.parametrize(("one", "other"), [("", ""), ("t", "x"), ("g w", "g o"), ("w", "g w")])
def test_keys_that_dont(one: str, other: str) -> None:
    assert shortcuts.find_collisions({"a": one, "b": other}) == {}


def test_only_what_differs_is_stored(app: Flask) -> None:
    person = a_person(organization=an_organization())
    shortcuts.save(person, USUAL | {"top_up": "x"}, USUAL, off=True)
    assert person.shortcuts == {"top_up": "x"}
    assert person.shortcuts_off
    shortcuts.save(person, USUAL, USUAL, off=False)
    assert person.shortcuts is None


def test_a_key_that_becomes_usual_later_gives_way_to_ones_own(app: Flask) -> None:
    person = a_person(organization=an_organization())
    shortcuts.save(person, USUAL | {"top_up": "n", "gone": "z"}, USUAL, off=False)
    keys = shortcuts.keys_of(person, USUAL | {"new": "n", "newer": "n e"})
    assert keys == USUAL | {"top_up": "n", "new": "", "newer": ""}
