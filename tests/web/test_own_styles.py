"""Stylesheets of a page's own: a page that uses what one says asks for it, and no other page pays for it."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.web.assets import sheets
from config import ROOT
from tests.factories import a_person
from tests.support.addresses import addresses
from tests.support.browsing import HTMX, Visitor
from tests.support.states import State, busy, empty, going_down, negative_and_past_due
from tests.support.url_map import rules

CSS = ROOT / "app" / "static" / "css"
CLASS = re.compile(r"\.(-?[a-z][\w-]*)")
USED = re.compile(r'class="([^"]*)"')


def classes(names: list[str]) -> set[str]:
    """The classes that rules of these files are about."""
    rules_ = "".join(
        re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", (CSS / name).read_text(), flags=re.DOTALL) for name in names
    )
    return set(CLASS.findall(rules_))


ALL = sheets(CSS)
OWN = {sheet: classes(names) - classes(ALL["app"]) for sheet, names in ALL.items() if sheet != "app"}
"""Of each sheet, the classes that only it is about."""


def lacking(html: str) -> list[str]:
    """What a page uses without asking for it."""
    used = {name for value in USED.findall(html) for name in value.split()}
    return [
        f"{sheet}: {sorted(used & own)}"
        for sheet, own in OWN.items()
        if used & own and f"/{sheet}.css" not in html
    ]


def test_each_file_is_in_one_sheet() -> None:
    listed = [name for names in ALL.values() for name in names]
    assert sorted(listed) == sorted(path.name for path in CSS.glob("*.css"))
    assert all(len(own) > 2 for own in OWN.values()), OWN


def test_a_page_without_what_it_uses_is_found() -> None:
    assert lacking('<b class="btn measures">') == ["usage: ['measures']"]
    assert lacking('<link href="/static/1/usage.css"><b class="btn measures">') == []


@pytest.mark.parametrize("state", [busy, empty, going_down, negative_and_past_due])
def test_each_page_asks_for_what_it_uses(app: Flask, visitor: Visitor, state: State) -> None:
    organization = state()
    person = a_person(organization=organization)
    visitor.begin_session(person.email)
    found = {}
    for each in addresses(app, organization, person):
        page = visitor.get(each.path)
        if page.mimetype == "text/html" and "/app.css" in page.text:
            found[each.path] = lacking(page.text)
    assert len(found) > 30
    assert {path: one for path, one in found.items() if one} == {}


def test_each_page_of_a_visitor_asks_for_what_it_uses(app: Flask, visitor: Visitor) -> None:
    found = {}
    for rule in rules(app):
        page = visitor.get(str(rule)) if not rule.arguments else None
        if page is not None and page.mimetype == "text/html" and "/app.css" in page.text:
            found[str(rule)] = lacking(page.text)
    assert len(found) > 5
    assert {path: one for path, one in found.items() if one} == {}


def test_alone_in_the_shells_page_it_asks_for_the_same(visitor: Visitor) -> None:
    organization = empty()
    visitor.begin_session(a_person(organization=organization).email)
    page = visitor.client.get("/billing/change-plan", headers=HTMX)
    assert "<head>" not in page.text
    assert "/plans.css" in page.text
