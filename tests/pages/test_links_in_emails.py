"""Where the links of emails lead: to pages that are there, and only for those who may see them when they click."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from app.models import Organization, Role
from app.notify.composition import compose
from app.people import memberships
from app.transaction import transaction
from tests.factories import OWNER, a_person, an_organization
from tests.notify.emails.samples import EMAILS, READERS
from tests.support.browsing import Visitor, text_of

NAME = "Kestrel Eye Care"
FOR_MEMBERS = "/more"
"""How a page that every member may see ends: a limit, and asking for more of it."""


@cache
def links_to(slug: str) -> list[str]:
    """Every link of every email about an organization."""
    readers = replace(READERS, slug=slug)
    html = "".join(compose(email, readers).html for email in EMAILS)
    found = sorted({unescape(link) for link in re.findall(r'href="https://billing\.example(/[^"]+)"', html)})
    assert len(found) > 15
    return found


def of_the_organization(slug: str) -> list[str]:
    return [link for link in links_to(slug) if f"org={slug}" in link]


@pytest.fixture
def organization(app: Flask) -> Organization:
    made = an_organization(NAME)
    a_person("owner@kestrel.example", organization=made)
    return made


@pytest.mark.parametrize("link", links_to("harbor-dental"))
def test_each_leads_to_a_page_that_is_there(application: Flask, link: str) -> None:
    endpoint, _ = application.url_map.bind("billing.example").match(urlsplit(link).path, method="GET")
    assert endpoint


def test_who_is_not_signed_in_signs_in_first_and_comes_back_to_it(
    app: Flask, organization: Organization, visitor: Visitor
) -> None:
    for link in of_the_organization(organization.slug):
        answer = visitor.get(link)
        assert answer.status_code == 302 and answer.location.startswith("/sign-in?"), link
        assert parse_qs(urlsplit(answer.location).query)["next"] == [link.partition("#")[0]]


@pytest.mark.parametrize("was", ["removed", "member", "elsewhere"])
def test_who_lost_the_role_or_never_had_it_is_shown_nothing(
    app: Flask, organization: Organization, visitor: Visitor, was: str
) -> None:
    home = organization if was == "member" else an_organization("Elsewhere")
    person = a_person("ava@test.example", organization=home)
    if was == "removed":
        with transaction():
            memberships.assign_role(organization, person, Role.ORG_ADMIN, OWNER)
    visitor.begin_session(person.email)
    if was == "removed":
        with transaction():
            memberships.remove(organization, person, OWNER)
    elif was == "member":
        with transaction():
            memberships.assign_role(organization, person, Role.MEMBER, OWNER)
    for link in of_the_organization(organization.slug):
        answer = visitor.get(link)
        is_for_members = was == "member" and urlsplit(link).path.endswith(FOR_MEMBERS)
        assert answer.status_code in ({404} if is_for_members else {403, 404, 409}), (
            link,
            answer.status_code,
        )
        if was != "member":
            assert NAME not in text_of(answer), link
        assert "$" not in text_of(answer), link
