"""Who gets mail about an organization's money: those it names, else its owners; each address once."""

from __future__ import annotations

from typing import get_args

import pytest
from flask import Flask

from app.billing.mail.recipients import each_once, may_read, recipients_of
from app.extensions import db
from app.models import Role
from app.notify.emails import ReadBy
from tests.factories import a_person, an_organization


def test_without_recipients_of_its_own_its_owners_get_it_from_the_first_on(app: Flask) -> None:
    organization = an_organization()
    a_person("zoe@test.example", organization=organization)
    a_person("ava@test.example", organization=organization)
    a_person("noah@test.example", organization=organization, role=Role.MEMBER)
    a_person("mallory@test.example", organization=an_organization())
    assert recipients_of(organization) == ["zoe@test.example", "ava@test.example"]


def test_recipients_that_are_named_get_it_instead_of_owners(app: Flask) -> None:
    organization = an_organization()
    a_person("zoe@test.example", organization=organization)
    organization.billing_emails = ["books@test.example", "ap@test.example", "Books@test.example"]
    db.session.commit()
    assert recipients_of(organization) == ["books@test.example", "ap@test.example"]
    organization.billing_emails = []
    db.session.commit()
    assert recipients_of(organization) == ["zoe@test.example"]


@pytest.mark.parametrize(
    ("address", "reads"),
    [
        ("Zoe@test.example", {"anyone", "members", "billing", "owners"}),
        ("books@TEST.example", {"anyone", "members", "billing"}),
        ("noah@test.example", {"anyone", "members"}),
        ("mallory@test.example", {"anyone"}),
        ("else@test.example", {"anyone"}),
    ],
)
def test_what_is_addressed_to_someone_is_for_who_they_are_now(
    app: Flask, address: str, reads: set[str]
) -> None:
    organization = an_organization()
    organization.billing_emails = ["Books@test.example"]
    a_person("zoe@test.example", organization=organization)
    a_person("noah@test.example", organization=organization, role=Role.MEMBER)
    a_person("mallory@test.example", organization=an_organization())
    assert {one for one in get_args(ReadBy) if may_read(organization, address, one)} == reads


def test_an_organization_without_people_has_no_recipients(app: Flask) -> None:
    assert recipients_of(an_organization()) == []


@pytest.mark.parametrize(
    ("given", "once"),
    [
        ([], []),
        (["b@x.example", "a@x.example"], ["b@x.example", "a@x.example"]),
        (["A@x.example", "b@x.example", "a@X.example"], ["A@x.example", "b@x.example"]),
    ],
)
def test_each_address_is_there_once_as_it_was_first_written(given: list[str], once: list[str]) -> None:
    assert each_once(given) == once
    assert each_once(iter(given)) == once
