"""Which language is read at an address, and by whom."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.mail import languages
from app.extensions import db
from app.models import Role
from tests.factories import a_person, an_organization


def test_each_address_gets_the_language_of_its_person_in_whatever_case_it_was_written(app: Flask) -> None:
    organization = an_organization()
    dana, ben = a_person(organization=organization), a_person(organization=organization)
    dana.language, ben.browser_language = "en_GB", "en_AU"
    db.session.commit()
    assert languages.of_addresses(organization.id, [dana.email.upper(), ben.email]) == {
        dana.email.upper(): "en_GB",
        ben.email: "en_AU",
    }


def test_an_address_without_an_account_gets_the_language_of_the_first_owner(app: Flask) -> None:
    organization = an_organization()
    first, second, member = (a_person(organization=organization, role=role) for role in _ROLES)
    first.language, second.language, member.language = "en_AU", "en_GB", "en_IE"
    db.session.commit()
    asked = ["books@accountants.example", second.email]
    assert languages.of_addresses(organization.id, asked) == {asked[0]: "en_AU", second.email: "en_GB"}


def test_where_no_one_is_known_it_is_english(app: Flask) -> None:
    organization = an_organization()
    assert languages.of_addresses(organization.id, ["books@harbor.example"]) == {
        "books@harbor.example": "en_US"
    }
    assert languages.of_addresses(organization.id, []) == {}
    assert languages.of_person(None) == "en_US"


@pytest.mark.parametrize("chosen", ["en_NZ", None])
def test_a_person_is_written_to_as_they_read(app: Flask, chosen: str | None) -> None:
    dana = a_person(organization=an_organization())
    dana.language = chosen
    db.session.commit()
    assert languages.of_person(dana.id) == (chosen or "en_US")


_ROLES = (Role.ORG_ADMIN, Role.ORG_ADMIN, Role.MEMBER)
