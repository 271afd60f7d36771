"""Saving what the history is filtered by, going back to it, by the search too, and no one else's."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from app.billing.activity import saved_views
from app.extensions import db
from app.models import Organization, SavedView
from tests.factories import a_person
from tests.support.browsing import Visitor, text_of
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox

VIEWS = "/billing/wallet/views"
FILTERED = "/billing/wallet?campaign=Recall+%26+more&from=2026-11-01&kind=usage"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app, credit="10")


def query_of(owner: Owner, address: str = FILTERED) -> str:
    found = re.search(r'name="query" value="([^"]*)"', owner.get(address).text)
    assert found is not None
    return unescape(found[1])


def save(owner: Owner, name: str = "Recall") -> SavedView:
    answer = owner.post(VIEWS, {"name": name, "query": query_of(owner)})
    assert answer.status_code == 303
    db.session.rollback()
    return db.session.scalars(db.select(SavedView).filter_by(name=name)).one()


def test_what_is_filtered_is_saved_and_comes_back_as_it_was(owner: Owner) -> None:
    view = save(owner)
    assert view.query == "kind=usage&from=2026-11-01&campaign=Recall+%26+more"
    page = owner.get("/billing/wallet")
    (link,) = [unescape(one) for one in re.findall(r'href="([^"]*Recall[^"]*)"', page.text)]
    again = owner.get(link.partition("#")[0]).text
    assert 'value="Recall &amp; more"' in again
    assert 'value="2026-11-01"' in again
    assert query_of(owner, link.partition("#")[0]) == view.query


def test_without_filters_there_is_nothing_to_save(owner: Owner) -> None:
    assert "Save view" not in text_of(owner.get("/billing/wallet"))


def test_it_is_found_by_the_search(owner: Owner) -> None:
    save(owner, "Weekly recall")
    words = text_of(owner.get("/billing/search?q=recall"))
    assert "Weekly recall" in words


def test_it_is_renamed_and_removed(owner: Owner) -> None:
    view = save(owner)
    place = f"{VIEWS}/{view.id}"
    assert 'value="Recall"' in owner.get(f"{place}/name").text
    assert owner.post(f"{place}/name", {"name": "Patients"}).status_code == 303
    assert "Patients" in text_of(owner.get(VIEWS))
    assert owner.post(f"{place}/removal", {}).status_code == 303
    assert "No saved views yet" in text_of(owner.get(VIEWS))
    assert owner.get(f"{place}/name").status_code == 404


@pytest.mark.parametrize("name", ["", "x" * 61])
def test_a_name_that_cant_be_is_said_with_the_form(owner: Owner, name: str) -> None:
    view, other = save(owner), save(owner, "Other")
    answer = owner.post(VIEWS, {"name": name, "query": view.query})
    assert (answer.status_code, "Enter" in text_of(answer)) == (422, True)
    assert query_of(owner) in unescape(answer.text)
    renamed = owner.post(f"{VIEWS}/{other.id}/name", {"name": name or "Recall"})
    assert renamed.status_code == 422


def test_what_is_no_filter_is_not_stored(owner: Owner) -> None:
    owner.post(
        VIEWS, {"name": "x", "query": "kind=nothing&agent=Ava&next=https://elsewhere.example&direction=up"}
    )
    view = db.session.scalars(db.select(SavedView).filter_by(name="x")).one()
    assert view.query == "agent=Ava"


def test_no_one_else_sees_or_changes_it(owner: Owner, app: Flask) -> None:
    view = save(owner)
    colleague = Visitor(app.test_client())
    colleague.begin_session(a_person(organization=db.session.get_one(Organization, view.org_id)).email)
    for visitor in (colleague, Owner(app, credit="1")):
        assert "Recall" not in text_of(visitor.get(VIEWS))
        assert "Recall" not in text_of(visitor.get("/billing/search?q=recall"))
        assert visitor.get(f"{VIEWS}/{view.id}/name").status_code == 404
        assert visitor.post(f"{VIEWS}/{view.id}/removal", {}).status_code == 404
    db.session.rollback()
    assert saved_views.list_views(owner.organization, view.user_id) == [view]


def test_what_is_filtered_by_is_offered_as_the_name_once(owner: Owner) -> None:
    def offered() -> str:
        found = re.search(r'id="view-name" name="name" value="([^"]*)"', owner.get(FILTERED).text)
        assert found is not None
        return unescape(found[1])

    name = "Usage, campaign Recall & more"
    assert offered() == name
    owner.post(VIEWS, {"query": query_of(owner), "name": name})
    assert offered() == ""
