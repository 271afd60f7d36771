"""Views that people saved: their own, by name, in one organization, and not too many."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.activity import saved_views
from app.billing.activity.saved_views import LONGEST_NAME, ViewRefusedError
from app.extensions import db
from app.models import Organization, User
from tests.factories import a_person, an_organization


@pytest.fixture
def organization(app: Flask) -> Organization:
    return an_organization()


def names(organization: Organization, person: User) -> list[tuple[str, str]]:
    return [(view.name, view.query) for view in saved_views.list_views(organization, person.id)]


def test_each_person_has_their_own_in_each_organization(organization: Organization) -> None:
    one, other, elsewhere = (
        a_person(organization=organization),
        a_person(organization=organization),
        an_organization(),
    )
    mine = saved_views.save(organization, one.id, "Recall", "agent=Ava")
    saved_views.save(elsewhere, one.id, "Recall", "agent=Noah")
    db.session.commit()
    assert names(organization, one) == [("Recall", "agent=Ava")]
    assert names(organization, other) == []
    assert saved_views.find(organization, one.id, mine.id) == mine
    assert saved_views.find(organization, other.id, mine.id) is None
    assert saved_views.find(elsewhere, one.id, mine.id) is None


def test_the_same_name_again_replaces_it_and_they_are_in_order(organization: Organization) -> None:
    person = a_person(organization=organization)
    for name, query in (("weekly", "a=1"), ("Agents", "a=2"), (" weekly ", "a=3")):
        saved_views.save(organization, person.id, name, query)
    assert names(organization, person) == [("Agents", "a=2"), ("weekly", "a=3")]


def test_a_name_is_needed_and_taken_once(organization: Organization) -> None:
    person = a_person(organization=organization)
    saved_views.save(organization, person.id, "Recall", "")
    view = saved_views.save(organization, person.id, "Other", "")
    for name in ("", "  ", "x" * (LONGEST_NAME + 1)):
        with pytest.raises(ViewRefusedError):
            saved_views.save(organization, person.id, name, "")
    with pytest.raises(ViewRefusedError, match="already have a view"):
        saved_views.rename(organization, view, "Recall")
    saved_views.rename(organization, view, "Other")
    saved_views.rename(organization, view, "Renamed")
    saved_views.remove(view)
    assert names(organization, person) == [("Recall", "")]


def test_there_are_so_many_at_most(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_views, "MOST", 2)
    person = a_person(organization=organization)
    for name in "ab":
        saved_views.save(organization, person.id, name, "")
    with pytest.raises(ViewRefusedError, match="Remove one first"):
        saved_views.save(organization, person.id, "c", "")
    saved_views.save(organization, person.id, "a", "again")
