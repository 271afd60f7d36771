"""An organization that requires a second factor: nothing of it is seen without one, and who lost theirs is helped."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask

from app.extensions import db
from app.models import Mail, Organization, Role, User
from app.people.factors import requirement, status
from app.transaction import transaction
from tests.factories import OWNER, a_card, a_person, an_organization
from tests.support import url_map
from tests.support.browsing import HTMX, Visitor, text_of
from tests.support.factors import a_code, a_passkey, an_app

PAGE = "/billing/security"
HERE = "/account/second-factor"


@pytest.fixture
def bakery(app: Flask) -> Organization:
    made = an_organization("Oak Street Bakery", credit="4321")
    a_card(made, last4="9876")
    return made


@pytest.fixture
def ruth(bakery: Organization) -> User:
    """An owner with a factor."""
    made = a_person("ruth@oak.example", organization=bakery)
    a_passkey(made)
    return made


@pytest.fixture
def dana(bakery: Organization) -> User:
    """An owner without one."""
    return a_person("dana@oak.example", organization=bakery)


def require(organization: Organization, owner: User) -> None:
    with transaction():
        requirement.require(organization.id, owner, OWNER)


def sign_in(app: Flask, user: User, secret: str = "") -> Visitor:
    visitor = Visitor(app.test_client())
    visitor.sign_in(user.email)
    if secret:
        visitor.post("/sign-in/second-factor", {"code": a_code(secret, steps=1)})
    return visitor


@pytest.mark.long
def test_without_one_nothing_of_the_organization_is_seen_or_done(
    app: Flask, bakery: Organization, ruth: User, dana: User
) -> None:
    require(bakery, ruth)
    visitor = sign_in(app, dana)
    values = {"UUIDConverter": uuid4(), "period": "2026-11"}
    walked = 0
    for method in ("GET", "POST"):
        for rule in url_map.rules(app, method):
            if not getattr(app.view_functions[rule.endpoint], "org_admin_required", False):
                continue
            path = url_map.address(app, rule, values)
            for headers in ({}, HTMX):
                send = visitor.get if method == "GET" else visitor.post
                answer = send(path, headers=headers)
                if headers:
                    assert answer.status_code == 403, (method, path)
                else:
                    assert (answer.status_code, answer.location) == (303, HERE), (method, path)
                shown = text_of(answer)
                assert not [
                    one for one in ("4,321.00", "ending in 9876", "ruth@oak.example") if one in shown
                ], path
            walked += 1
    assert walked > 50


def test_their_other_organizations_stay_open_and_a_factor_opens_it(
    app: Flask, bakery: Organization, ruth: User, dana: User
) -> None:
    pine = an_organization("Pine Realty")
    a_person(dana.email, organization=pine)
    require(bakery, ruth)
    visitor = sign_in(app, dana)
    visitor.post("/organization", {"organization": str(pine.id)})
    assert visitor.get("/billing").status_code == 200
    visitor.post("/organization", {"organization": str(bakery.id)})
    assert visitor.get("/billing").location == HERE
    led = text_of(visitor.get(HERE))
    assert "To see Oak Street Bakery, set up a second factor first." in led
    a_passkey(dana)
    assert visitor.get("/billing").status_code == 200


def test_a_member_is_led_there_too(app: Flask, bakery: Organization, ruth: User) -> None:
    require(bakery, ruth)
    tom = a_person("tom@oak.example", organization=bakery, role=Role.MEMBER)
    assert sign_in(app, tom).get("/billing").location == HERE


def test_an_expired_form_shows_nothing_of_it(
    app: Flask, bakery: Organization, ruth: User, dana: User
) -> None:
    visitor = sign_in(app, dana)
    token = visitor.old_token()
    require(bakery, ruth)
    answer = visitor.post("/billing/wallet/top-ups", {"amount": "50", "card": str(uuid4())}, token=token)
    assert "ending in 9876" not in answer.text
    assert "Check what you entered" not in text_of(answer)


def test_an_owner_switches_it_only_with_one_of_their_own(
    app: Flask, bakery: Organization, dana: User
) -> None:
    visitor = sign_in(app, dana)
    refused = visitor.post(f"{PAGE}/second-factor", {"required": "yes"}, follow_redirects=True)
    assert "Set up a second factor of your own first." in text_of(refused)
    secret = an_app(dana)
    assert "Security settings saved." in text_of(
        visitor.post(f"{PAGE}/second-factor", {"required": "yes"}, follow_redirects=True)
    )
    assert requirement.requiring(dana.id) == ["Oak Street Bakery"]
    assert visitor.get("/billing").status_code == 200, secret
    visitor.post(f"{PAGE}/second-factor", {"required": "no"})
    assert requirement.requiring(dana.id) == []


def test_another_owner_resets_a_lost_one(app: Flask, bakery: Organization, ruth: User, dana: User) -> None:
    secret = an_app(dana)
    lost, helper = sign_in(app, ruth), sign_in(app, dana, secret)
    assert lost.get("/billing").status_code == 302
    page = f"{PAGE}/people/{ruth.id}/second-factor"
    assert "Reset second factor of ruth@oak.example" in text_of(helper.get(PAGE))
    assert "Make sure that it's really them" in text_of(helper.get(page))
    done = helper.post(page, follow_redirects=True)
    assert "The second factor of ruth@oak.example was reset." in text_of(done)
    assert not status.has_any(ruth.id)
    told = db.session.scalars(db.select(Mail).where(Mail.kind == "factor_changed")).one()
    assert (told.recipient, told.facts["change"]) == ("ruth@oak.example", "reset")
    assert sign_in(app, ruth).get("/billing").status_code == 200


def test_nor_ones_own_nor_that_of_someone_elsewhere(
    app: Flask, bakery: Organization, ruth: User, dana: User
) -> None:
    secret = an_app(dana)
    a_person(ruth.email, organization=an_organization("Pine Realty"))
    helper = sign_in(app, dana, secret)
    for user, why in ((dana, "your own second factor"), (ruth, "Only Voice Portal")):
        refused = helper.post(f"{PAGE}/people/{user.id}/second-factor")
        assert refused.status_code == 422
        assert why in text_of(refused)
        assert status.has_any(user.id)
    stranger = a_person(organization=an_organization())
    a_passkey(stranger)
    assert helper.get(f"{PAGE}/people/{stranger.id}/second-factor").status_code == 404
    assert helper.post(f"{PAGE}/people/{stranger.id}/second-factor").status_code == 404
    assert status.has_any(stranger.id)
