"""Who invites a person never gets what is theirs: not their password, not their other organizations, not their name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.ids import uuid7
from app.models import Membership, Organization, User
from tests.factories import PASSWORD, a_person, an_organization
from tests.support.browsing import Visitor, text_of
from tests.support.platform import Platform

HARBOR = {"name": "Harbor Dental", "timezone": "America/New_York"}
ORIGIN = "http://localhost:8000"
STOLEN = "a thief's own password"


@pytest.fixture
def pine(app: Flask) -> Organization:
    """The other customer, whose owner has an account."""
    made = an_organization("Pine Realty")
    a_person("owner@pine.example", organization=made, name="Marcus Oyelaran")
    return made


@pytest.fixture
def harbor(app: Flask) -> Organization:
    made = an_organization("Harbor Dental")
    a_person("owner@harbor.example", organization=made, name="Dana Whitfield")
    return made


@pytest.fixture(params=["bound to the organization", "of the platform"])
def token(request: pytest.FixtureRequest, app: Flask, harbor: Organization) -> Platform:
    """A token that may write organizations."""
    return Platform(app, organization=harbor if request.param.startswith("bound") else None)


def invite(token: Platform, organization: Organization, email: str) -> tuple[Any, Any]:
    """Name an address among the owners, and ask for the link to hand on."""
    owners = ["owner@harbor.example", email]
    put = token.put(f"/organizations/{organization.id}", HARBOR | {"owners": owners})
    return put, token.post(f"/organizations/{organization.id}/invitations", {"email": email})


def link_of(answer: Any) -> str:
    assert answer.status_code == 201, answer.json
    return str(answer.json["link"]).removeprefix(ORIGIN)


@pytest.mark.parametrize("spelled", ["owner@pine.example", "OWNER@Pine.EXAMPLE"])
def test_a_link_from_a_token_never_changes_the_password_of_an_account(
    token: Platform, harbor: Organization, pine: Organization, app: Flask, spelled: str
) -> None:
    link = link_of(invite(token, harbor, spelled)[1])
    thief = Visitor(app.test_client())
    for path in (link, link.replace("/invitations/", "/set-password/")):
        thief.get(path)
        thief.post(path, {"password": STOLEN})
    assert thief.get("/billing").status_code == 302, "the thief is signed in as no one"
    assert Visitor(app.test_client()).sign_in("owner@pine.example", STOLEN).status_code == 422
    owner = Visitor(app.test_client())
    assert owner.sign_in("owner@pine.example").status_code == 302
    assert "Pine Realty" in text_of(owner.get("/billing"))
    assert seats_of("owner@pine.example") == {pine.id}, "naming someone makes them no member"


def test_a_token_of_an_organization_cannot_tell_who_has_an_account(
    app: Flask, harbor: Organization, pine: Organization
) -> None:
    token = Platform(app, organization=harbor)
    told = []
    for email in ("owner@pine.example", "missing@pine.example"):
        put, invited = invite(token, harbor, email)
        got = token.get(f"/organizations/{harbor.id}")
        again = token.post(f"/organizations/{harbor.id}/invitations", {"email": email})
        page = Visitor(app.test_client()).get(link_of(again))
        answers = [shape(one, email) for one in (put, invited, got, again)]
        text = text_of(page).replace(email, "ADDRESS")
        told.append((answers, page.status_code, text))
    assert told[0] == told[1]
    assert "Marcus" not in json.dumps(told)


def test_a_token_of_an_organization_learns_no_names(app: Flask, harbor: Organization) -> None:
    shown = Platform(app, organization=harbor).get(f"/organizations/{harbor.id}")
    assert "Dana" not in shown.text
    assert "Dana Whitfield" in Platform(app).get(f"/organizations/{harbor.id}").text


def shape(answer: Any, email: str) -> tuple[int, str]:
    """An answer without what is random in it."""
    body = dict(answer.json)
    for random in ("link", "expires_at"):
        body.pop(random, None)
    return answer.status_code, json.dumps(body, sort_keys=True).replace(email, "ADDRESS")


def seats_of(email: str) -> set[Any]:
    db.session.rollback()
    query = db.select(Membership.org_id).join(User, User.id == Membership.user_id).where(User.email == email)
    return set(db.session.scalars(query))


def test_who_has_an_account_accepts_by_signing_in_as_that_address(
    token: Platform, harbor: Organization, pine: Organization, app: Flask
) -> None:
    link = link_of(invite(token, harbor, "owner@pine.example")[1])
    other = Visitor(app.test_client())
    other.sign_in("owner@harbor.example")
    assert "You're signed in as owner@harbor.example" in text_of(other.get(link))
    assert other.post(link).status_code == 403
    assert seats_of("owner@pine.example") == {pine.id}

    owner = Visitor(app.test_client())
    assert "Sign in" in text_of(owner.get(link))
    back = owner.sign_in("owner@pine.example", to=link).location
    assert back == link
    assert "Accept invitation" in text_of(owner.get(back))
    assert owner.post(link).location == "/billing"
    assert "Harbor Dental" in text_of(owner.get("/billing"))
    assert seats_of("owner@pine.example") == {pine.id, harbor.id}
    assert owner.post(link).status_code == 404, "a link is good for one use"
    listed = token.get(f"/organizations/{harbor.id}").json["owners"]
    assert {one["email"]: one["invited"] for one in listed}["owner@pine.example"] is False


def test_of_two_links_for_a_new_address_the_first_sets_the_password_and_the_other_nothing(
    app: Flask, harbor: Organization, pine: Organization
) -> None:
    platform = Platform(app)
    first = link_of(invite(platform, harbor, "ruth@birch.example")[1])
    owners = {"owners": ["owner@pine.example", "ruth@birch.example"]}
    platform.put(f"/organizations/{pine.id}", {"name": "Pine Realty", "timezone": "UTC"} | owners)
    second = link_of(platform.post(f"/organizations/{pine.id}/invitations", {"email": "ruth@birch.example"}))
    ruth, thief = Visitor(app.test_client()), Visitor(app.test_client())
    assert thief.get(first).status_code == 200
    assert ruth.post(second, {"password": "eight green bottles"}).location == "/billing"
    late = thief.post(first, {"password": STOLEN})
    assert late.status_code == 422
    assert "already has an account" in text_of(late)
    assert seats_of("ruth@birch.example") == {pine.id}
    assert Visitor(app.test_client()).sign_in("ruth@birch.example", "eight green bottles").status_code == 302


def test_a_first_password_is_not_set_for_someone_who_waits_in_another_organization(
    app: Flask, harbor: Organization, pine: Organization
) -> None:
    """A person without a password who is a member elsewhere: the link of one organization would open the other."""
    person = a_person("new@pine.example", organization=pine)
    person.password_hash = None
    db.session.commit()
    link = link_of(invite(Platform(app, organization=harbor), harbor, "new@pine.example")[1])
    assert Visitor(app.test_client()).post(link, {"password": STOLEN}).status_code == 422
    db.session.refresh(person)
    assert person.password_hash is None


@pytest.mark.parametrize("how", ["removed", "invited again", "too old", "of another organization"])
def test_links_end(app: Flask, harbor: Organization, pine: Organization, how: str) -> None:
    from app.clock import utc_now
    from app.models import Invitation

    platform = Platform(app)
    link = link_of(invite(platform, harbor, "ruth@birch.example")[1])
    if how == "removed":
        platform.put(f"/organizations/{harbor.id}", HARBOR | {"owners": ["owner@harbor.example"]})
    elif how == "invited again":
        assert link_of(invite(platform, harbor, "ruth@birch.example")[1]) != link
    elif how == "too old":
        db.session.execute(db.update(Invitation).values(expires_at=utc_now()))
        db.session.commit()
    else:
        link = link[:-1] + ("A" if link[-1] != "A" else "B")
    ruth = Visitor(app.test_client())
    assert ruth.get(link).status_code == 404
    assert ruth.post(link, {"password": "eight green bottles"}).status_code == 404
    assert seats_of("ruth@birch.example") == set()
    assert "Ask for a new one" in text_of(ruth.get(link))


def test_links_do_not_depend_on_the_secret_key(
    app: Flask, harbor: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anyone who learns the key can make none, and changing it ends none."""
    link = link_of(invite(Platform(app), harbor, "ruth@birch.example")[1])
    monkeypatch.setattr(app, "secret_key", "another " * 8)
    monkeypatch.setitem(app.extensions, "signing_keys", ("another " * 8,))
    assert Visitor(app.test_client()).get(link).status_code == 200


def test_an_organization_that_is_not_there_yet_is_no_way_in_either(app: Flask, pine: Organization) -> None:
    platform = Platform(app)
    org_id = uuid7()
    made = platform.put(f"/organizations/{org_id}", HARBOR | {"owners": ["owner@pine.example"]})
    assert made.json["owners"] == [
        {"email": "owner@pine.example", "name": "owner@pine.example", "invited": True}
    ]
    assert seats_of("owner@pine.example") == {pine.id}
    assert Visitor(app.test_client()).sign_in("owner@pine.example", PASSWORD).status_code == 302
