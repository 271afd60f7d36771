"""One's own keyboard shortcuts over HTTP: with the account, in every browser, refused with a reason."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from flask import Flask

from app.extensions import db
from app.models import User
from app.pages.destinations import USUAL_KEYS
from tests.factories import a_person, an_organization
from tests.support.browsing import HTMX, Visitor, text_of

USUAL = {f"keys_{action}": keys for action, keys in USUAL_KEYS.items()}


@pytest.fixture
def person(app: Flask, visitor: Visitor) -> User:
    person = a_person(organization=an_organization(credit="5"))
    visitor.begin_session(person.email)
    return person


def hints(visitor: Visitor) -> set[str]:
    return set(re.findall(r'data-key="([^"]*)"', visitor.get("/billing").text))


def keys(visitor: Visitor) -> dict[str, list[str]]:
    """What the page's script knows: where each key leads, and its action."""
    found = re.search(r"data-shortcuts='([^']*)'", visitor.get("/billing").text)
    return dict(json.loads(unescape(found[1]))) if found else {}


def test_other_keys_are_kept_with_the_account(app: Flask, person: User, visitor: Visitor) -> None:
    assert {"g w", "t", "/", "?"} <= hints(visitor)
    saved = visitor.post("/account/keyboard", USUAL | {"keys_wallet": "GX", "on": "1"})
    assert saved.status_code == 303
    assert "g x" in hints(visitor)
    another = Visitor(app.test_client())
    another.begin_session(person.email)
    assert "g x" in hints(another)
    assert "g w" not in hints(another)
    assert keys(another)["g x"][1] == "wallet"
    assert "<kbd>g</kbd> <kbd>x</kbd>" in another.get("/account/shortcuts", headers=HTMX).text
    assert another.get("/account/shortcuts").location == "/account/keyboard"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"keys_wallet": "g o"}, "Wallet: g o is already the shortcut for Overview. Choose another."),
        ({"keys_overview": "g w"}, "Overview: g w is already the shortcut for Wallet. Choose another."),
        ({"keys_top_up": "g"}, "Top up: g can't be told apart from g o, the shortcut for Overview."),
        ({"keys_top_up": "abc"}, "Top up: Enter one key, or two to be pressed one after the other"),
        ({"keys_top_up": "\u0301"}, "Top up: Enter a letter, digit or sign that a key types"),
    ],
)
def test_keys_that_cant_be_used_are_refused(
    person: User, visitor: Visitor, typed: dict[str, str], problem: str
) -> None:
    answer = visitor.post("/account/keyboard", USUAL | typed | {"on": "1"})
    assert answer.status_code == 422
    assert problem in text_of(answer)
    (field,) = typed
    assert f'<a href="#{field}">' in answer.text
    assert f'id="{field}" name="{field}" value="{typed[field]}"' in answer.text
    assert "g w" in hints(visitor)


def test_keys_that_are_exchanged_are_saved(person: User, visitor: Visitor) -> None:
    typed = {"keys_wallet": "g o", "keys_overview": "g w", "on": "1"}
    assert visitor.post("/account/keyboard", USUAL | typed).status_code == 303


def test_they_are_turned_off_and_on(person: User, visitor: Visitor) -> None:
    visitor.post("/account/keyboard", USUAL)
    assert hints(visitor) == set()
    assert keys(visitor) == {}
    assert "Keyboard shortcuts are off." in text_of(visitor.get("/account/shortcuts", headers=HTMX))
    visitor.post("/account/keyboard", USUAL | {"on": "1"})
    assert "t" in hints(visitor)


def test_they_are_turned_off_from_the_list(person: User, visitor: Visitor) -> None:
    visitor.post("/account/keyboard", USUAL | {"keys_top_up": "x", "on": "1"})
    part = visitor.post("/account/keyboard/off", headers=HTMX)
    assert "Keyboard shortcuts are off." in text_of(part)
    assert "data-off" in part.text
    assert visitor.post("/account/keyboard/off").status_code == 303
    assert hints(visitor) == set()
    db.session.refresh(person)
    assert person.shortcuts == {"top_up": "x"}


def test_the_usual_ones_come_back(person: User, visitor: Visitor) -> None:
    visitor.post("/account/keyboard", {"keys_top_up": "x"})
    assert visitor.post("/account/keyboard", {"keys_top_up": "y", "reset": "1"}).status_code == 303
    db.session.refresh(person)
    assert (person.shortcuts, person.shortcuts_off) == (None, False)


def test_only_single_keys_are_said_to_assistive_technology(person: User, visitor: Visitor) -> None:
    said = set(re.findall(r'aria-keyshortcuts="([^"]*)"', visitor.get("/billing").text))
    assert said == {"t", "?", "Control+K Meta+K /"}
