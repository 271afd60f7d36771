"""What open pages ask for by themselves is no one's doing: it keeps no session alive and writes nothing."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import SignInSession
from app.web.marks import is_asked_by_pages
from tests.factories import a_person, an_organization
from tests.support.browsing import HTMX, Visitor
from tests.support.database import inside
from tests.support.shell_frame import IN_FRAME
from tests.support.statements import statements

WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE)\b")
QUERIES = {"/billing/parts/campaign-check": "?calls=10"}
"""What an address has to be asked with."""
COUNTED = {"/billing/live/due-today": "INSERT INTO rate_limit_counter"}
"""What isn't polled but asked for with a choice of the person, and so counted: Stripe computes the answer."""
TEMPLATES = Path(__file__).parents[2] / "app" / "templates"


@pytest.fixture
def visitor(app: Flask, visitor: Visitor) -> Visitor:
    visitor.begin_session(a_person(organization=an_organization(credit="5")).email)
    return visitor


def last_seen_half_an_hour_ago() -> datetime:
    long_ago = utc_now() - timedelta(minutes=30)
    db.session.execute(db.update(SignInSession).values(seen_at=long_ago))
    db.session.commit()
    return long_ago


def seen_at() -> datetime | None:
    db.session.rollback()
    return db.session.scalar(db.select(SignInSession.seen_at))


def polls(app: Flask) -> list[str]:
    """The addresses of every rule that is marked so, none of which takes arguments in its path."""
    with inside(app):
        found = [rule for rule in app.url_map.iter_rules() if is_asked_by_pages(rule.endpoint.split(".")[0])]
    assert not [rule for rule in found if rule.arguments], (
        "give this test an address for a rule with arguments"
    )
    return sorted(rule.rule + QUERIES.get(rule.rule, "") for rule in found)


def test_no_poll_keeps_a_session_alive_or_writes_anything(app: Flask, visitor: Visitor) -> None:
    long_ago = last_seen_half_an_hour_ago()
    assert len(polls(app)) >= 4
    for address in polls(app):
        for known in ({}, {"HX-PTag": "0"}, {"HX-PTag": "99"}):
            with statements() as seen:
                assert visitor.get(address, headers=HTMX | IN_FRAME | known).status_code in {200, 304}
            writes = [one for one in seen if WRITES.search(one)]
            if address in COUNTED:
                writes = [one for one in writes if not one.startswith(COUNTED[address])]
            assert writes == [], address
            assert seen_at() == long_ago, address


def test_what_a_person_asks_for_does(visitor: Visitor) -> None:
    long_ago = last_seen_half_an_hour_ago()
    visitor.get("/billing/wallet")
    found = seen_at()
    assert found and found > long_ago


def test_whatever_templates_ask_for_by_themselves_is_marked_as_such(app: Flask) -> None:
    by_itself = re.compile(
        r"<\w+\b[^>]*hx-trigger=\"[^\"]*\b(?:every|load|revealed|intersect)\b[^>]*>", re.DOTALL
    )
    asked = {
        re.search(r"hx-(?:get|post)=\"\{\{ url_for\('(\w+)\.", element)[1]  # type: ignore[index]
        for template in TEMPLATES.rglob("*.html")
        for element in by_itself.findall(template.read_text())
    }
    assert asked, "pages with a poll are known to exist"
    assert {blueprint for blueprint in asked if not is_asked_by_pages(blueprint)} == set()
