"""Connecting an account with an identity provider, and ending that."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import func, select

from app import openid
from app.extensions import db
from app.models import (
    ExternalIdentity,
    Mail,
    SignInSession,
    User,
)
from app.people import accounts
from app.transaction import transaction
from tests.factories import a_person, an_organization
from tests.support.browsing import Visitor, text_of
from tests.support.openid_provider import Provider
from tests.support.provider_visits import come_back, confirmed_long_ago, sent_back


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_an_account_with_a_password_is_connected_by_its_holder_not_taken_over(
    app: Flask, visitor: Visitor, provider: Provider
) -> None:
    harbor = an_organization("Harbor")
    a_person("dana@acme.example", organization=harbor)
    page = come_back(visitor, provider)
    assert page.status_code == 403
    assert "already has an account here" in text_of(page)
    assert count(SignInSession) == 0
    visitor.sign_in("dana@acme.example")
    assert "Connect Acme" in text_of(visitor.get("/account"))
    assert come_back(visitor, provider, "/account/provider/connect").location == "/account"
    assert "You have been able to sign in with Acme since" in text_of(visitor.get("/account"))
    assert "identity_connected" in db.session.scalars(select(Mail.kind)).all()
    other = Visitor(app.test_client())
    assert come_back(other, provider).location == "/billing"
    assert "Harbor" in other.get("/account").text


def test_connecting_asks_first_who_it_is(visitor: Visitor, provider: Provider) -> None:
    owner = a_person("dana@acme.example", organization=an_organization())
    visitor.sign_in(owner.email)
    confirmed_long_ago()
    assert urlsplit(visitor.get("/account/provider/connect").location).path == "/confirm"


def test_someone_elses_visit_connects_nothing(app: Flask, visitor: Visitor, provider: Provider) -> None:
    a_person("dana@acme.example", organization=an_organization())
    a_person("eve@harbor.example", organization=an_organization())
    visitor.sign_in("dana@acme.example")
    back = sent_back(visitor, provider, "/account/provider/connect")
    eve = Visitor(app.test_client())
    eve.sign_in("eve@harbor.example")
    assert eve.get(back).status_code == 400
    visitor.post("/sign-out")
    assert visitor.get(back).status_code == 400, "signed out meanwhile"


class TestDisconnecting:
    """The provider, from one's own account."""

    PATH = "/account/provider/disconnect"

    def test_the_holder_of_a_password_does_it_and_the_browser_it_signed_in_is_out(
        self, app: Flask, visitor: Visitor, provider: Provider
    ) -> None:
        a_person("dana@acme.example", organization=an_organization("Harbor"))
        visitor.sign_in("dana@acme.example")
        come_back(visitor, provider, "/account/provider/connect")
        thief = Visitor(app.test_client())
        come_back(thief, provider)
        assert thief.get("/account").status_code == 200
        assert "Disconnect Acme" in text_of(visitor.get("/account"))
        assert visitor.post(self.PATH).location == "/account"
        page = text_of(visitor.get("/account"))
        assert "Acme is disconnected." in page
        assert "Connect Acme" in page
        assert thief.get("/account").status_code == 302
        assert come_back(thief, provider).status_code == 403, "and can't come back"

    def test_who_came_by_it_is_signed_out(self, visitor: Visitor, provider: Provider) -> None:
        come_back(visitor, provider)
        with transaction():
            accounts.set_password(db.session.scalars(select(User)).one(), "seven green bottles")
        come_back(visitor, provider)
        answer = visitor.post(self.PATH)
        assert answer.location == "/sign-in"
        assert answer.headers["Clear-Site-Data"] == '"cache"'
        assert "Acme is disconnected. Sign in another way." in text_of(visitor.get("/sign-in"))

    def test_the_only_way_to_sign_in_stays(self, visitor: Visitor, provider: Provider) -> None:
        come_back(visitor, provider)
        assert "Disconnect Acme" not in text_of(visitor.get("/account"))
        refused = visitor.post(self.PATH)
        assert refused.status_code == 422
        assert "This is your only way to sign in. Add a passkey first" in text_of(refused)
        assert visitor.get("/billing").status_code == 200

    def test_it_asks_first_who_it_is(self, visitor: Visitor, provider: Provider) -> None:
        visitor.sign_in(a_person("dana@acme.example", organization=an_organization()).email)
        come_back(visitor, provider, "/account/provider/connect")
        confirmed_long_ago()
        assert visitor.post(self.PATH).status_code == 403
        assert count(ExternalIdentity) == 1

    def test_without_a_connection_or_a_provider_nothing_happens(
        self, visitor: Visitor, provider: Provider
    ) -> None:
        visitor.sign_in(a_person(organization=an_organization()).email)
        assert visitor.post(self.PATH).location == "/account"
        assert count(Mail) == 1, "of the new browser"
        openid.set_up(None, "")
        assert visitor.post(self.PATH).status_code == 404
