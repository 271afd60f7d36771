"""One registry of pages: what tabs, shortcuts and search know is every page that there is."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.pages.destinations import DESTINATIONS, USUAL_KEYS
from app.pages.synonyms import SYNONYMS
from app.people import shortcuts
from app.web.marks import is_asked_by_pages, is_guarded
from tests.factories import a_person, an_organization
from tests.support.browsing import Visitor
from tests.support.database import inside
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox
from tests.support.url_map import rules

NOT_BY_NAME = {
    "account.list_shortcuts": "a part of open pages",
    "alerts.new_channel": "a step of the page about credit alerts",
    "auth.confirm": "asks before something else",
    "auth.confirm_with_provider": "leads to the identity provider",
    "auth.connect_provider": "leads to the identity provider, from the account's page",
    "auth.connect_shell": "the shell leads to it",
    "factors.new_passkey": "a step of the page about second factors",
    "factors.remove_app": "asks before something on the page about second factors",
    "factors.set_up_app": "a step of the page about second factors",
    "wallet.show_call": "shows the call that its address names",
    "wallet.show_usage_calls": "shows the calls of what is selected in the history",
}
"""Pages that no one goes to by a name, and why."""


def pages(app: Flask) -> set[str]:
    """The endpoints of every page that an address without arguments shows to someone who is signed in."""
    with inside(app):
        return {
            rule.endpoint
            for rule in rules(app)
            if not rule.arguments
            and is_guarded(rule.endpoint)
            and not is_asked_by_pages(rule.endpoint.partition(".")[0])
            and not rule.rule.endswith((".csv", ".pdf"))
        }


def test_every_page_is_a_destination_or_says_why_not(app: Flask) -> None:
    assert pages(app) - {one.endpoint for one in DESTINATIONS} == set(NOT_BY_NAME)


def test_every_destination_is_a_page(app: Flask) -> None:
    assert {one.endpoint for one in DESTINATIONS} <= pages(app)


def test_each_name_and_each_action_is_there_once() -> None:
    assert (
        len({one.name for one in DESTINATIONS})
        == len({one.action for one in DESTINATIONS})
        == len(DESTINATIONS)
    )


def test_the_usual_keys_are_valid_and_collide_with_none() -> None:
    assert {shortcuts.parse(keys) for keys in USUAL_KEYS.values()} == set(USUAL_KEYS.values())
    assert shortcuts.find_collisions(USUAL_KEYS) == {}


@pytest.mark.long
def test_each_is_found_by_its_name_and_by_each_of_its_words(app: Flask, visitor: Visitor) -> None:
    visitor.begin_session(a_person(organization=an_organization(credit="5")).email)
    for one in DESTINATIONS:
        for typed in (one.name, one.name.upper(), *SYNONYMS.get(one.action, "").replace(",", "").split()):
            found = visitor.get("/billing/search", query_string={"q": typed}).text
            assert f"<span>{one.name}</span>".replace("'", "&#39;") in found, typed


def test_an_anchor_is_there_on_its_page(app: Flask, visitor: Visitor) -> None:
    visitor.begin_session(a_person(organization=an_organization(credit="5")).email)
    with app.test_request_context():
        where = {(app.url_for(one.endpoint), one.anchor) for one in DESTINATIONS if one.anchor}
    for path, anchor in where:
        assert f'id="{anchor}"' in visitor.get(path).text, anchor


@pytest.mark.parametrize(
    ("path", "tab"),
    [
        ("/billing/wallet/limits", "Wallet"),
        ("/billing/wallet/set-aside", "Wallet"),
        ("/billing/wallet/alerts", "Wallet"),
        ("/billing/wallet", "Wallet"),
        ("/billing/details", "Invoices"),
        ("/billing", "Overview"),
    ],
)
def test_a_page_marks_the_tab_that_it_lies_below(app: Flask, sandbox: Sandbox, path: str, tab: str) -> None:
    visitor = Owner(app)
    [tabs] = re.findall(r'<nav class="tabs".*?</nav>', visitor.get(path).text, flags=re.DOTALL)
    current = re.findall(r'<a [^>]*aria-current="(?:page|true)"[^>]*>(\w+)', tabs)
    assert current == [tab]
