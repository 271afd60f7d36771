"""The billing details as a form: kept, refused field by field, and never lost."""

from __future__ import annotations

import pytest
from flask import Flask

from app.models import Organization
from tests.factories import a_person, an_organization
from tests.support.browsing import Visitor, links_of, text_of

PAGE = "/billing/details"
TYPED = {
    "legal_name": "Harbor Dental Inc.",
    "line1": "12 Pier St",
    "city": "Boston",
    "region": "MA",
    "postal_code": "02110",
    "country": "US",
    "tax_kind": "us_ein",
    "tax_id": "911144442",
    "purchase_order": "PO-1",
    "emails": "books@harbor.example\ncfo@harbor.example",
    "version": "0",
}


@pytest.fixture
def organization(app: Flask) -> Organization:
    return an_organization("Harbor Dental")


@pytest.fixture
def owner(visitor: Visitor, organization: Organization) -> Visitor:
    visitor.begin_session(a_person(organization=organization).email)
    return visitor


def test_the_invoices_lead_to_it(owner: Visitor) -> None:
    page = owner.get("/workplace/invoices")
    assert PAGE in links_of(page.text)
    assert "Billing details Change billing details Harbor Dental" in text_of(page)


def test_saved_it_is_on_documents(owner: Visitor) -> None:
    said = text_of(owner.post(PAGE, TYPED, follow_redirects=True))
    assert "Billing details saved." in said
    assert "Harbor Dental Inc. 12 Pier St Boston, MA 02110 United States Tax ID: 91-1144442" in said
    assert "Harbor Dental Inc., 12 Pier St" in text_of(owner.get("/workplace/invoices"))


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(owner: Visitor) -> None:
    answer = owner.post(PAGE, TYPED | {"tax_id": "123", "emails": "books@harbor.example, missing"})
    assert answer.status_code == 422
    said = text_of(answer)
    assert "This isn't a valid number of that type. It should look like 91-1144442." in said
    assert "missing isn't an email address. Enter one address per line." in said
    for typed in ('value="12 Pier St"', 'value="123"', "books@harbor.example, missing"):
        assert typed in answer.text


def test_the_later_of_two_tabs_is_told_and_can_save_again(owner: Visitor) -> None:
    owner.post(PAGE, TYPED)
    answer = owner.post(PAGE, TYPED | {"city": "Salem"})
    assert answer.status_code == 422
    assert "Someone else changed these details since you opened this page." in text_of(answer)
    assert 'value="Salem"' in answer.text
    assert "Salem, MA" in text_of(
        owner.post(PAGE, TYPED | {"city": "Salem", "version": "1"}, follow_redirects=True)
    )


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_version_that_is_none_changes_nothing(owner: Visitor, version: str) -> None:
    assert owner.post(PAGE, TYPED | {"version": version}).status_code == 422
