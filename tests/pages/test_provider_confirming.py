"""Second factors and confirming who one is, for people who sign in with an identity provider."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import (
    Role,
    SignInSession,
    User,
)
from app.people.factors import requirement
from app.transaction import transaction
from tests.factories import OWNER, PASSWORD, a_person, an_organization
from tests.support.browsing import Visitor, text_of
from tests.support.factors import a_code, an_app
from tests.support.openid_provider import ORG_ID, Provider, dana
from tests.support.provider_visits import come_back, confirmed_long_ago, sent_back, use


def _confirmed_at() -> object:
    db.session.rollback()
    return db.session.scalars(select(SignInSession.confirmed_at)).one()


class TestSecondFactors:
    """Of people who come by the provider."""

    @pytest.fixture
    def user(self, visitor: Visitor, provider: Provider) -> User:
        come_back(visitor, provider)
        visitor.post("/sign-out")
        return db.session.scalars(select(User)).one()

    def test_one_of_their_own_is_asked_for(self, visitor: Visitor, provider: Provider, user: User) -> None:
        secret = an_app(user)
        assert come_back(visitor, provider).location == "/sign-in/second-factor"
        assert visitor.get("/billing").status_code == 302, "signed in to nothing yet"
        visitor.post("/sign-in/second-factor", {"code": a_code(secret, steps=1)})
        assert "Acme Rivets" in visitor.get("/billing").text, "with the role that the provider gave"

    @pytest.mark.parametrize(
        ("trusted", "said", "is_enough"),
        [
            (("mfa",), {"amr": ["pwd", "mfa"]}, True),
            (("gold",), {"acr": "gold"}, True),
            (("mfa",), {"amr": ["pwd"]}, False),
            ((), {"amr": ["mfa"]}, False),
        ],
    )
    def test_one_that_was_used_there_is_enough_where_operators_say_so(
        self,
        visitor: Visitor,
        provider: Provider,
        user: User,
        trusted: tuple[str, ...],
        said: dict[str, object],
        is_enough: bool,
    ) -> None:
        an_app(user)
        use(provider, visitor.client.application, second_factors=trusted)
        provider.person = dana(**said)
        location = come_back(visitor, provider).location
        assert location == ("/billing" if is_enough else "/sign-in/second-factor")

    @pytest.mark.parametrize("was_used", [True, False])
    def test_an_organization_that_requires_one_counts_it(
        self, visitor: Visitor, provider: Provider, user: User, was_used: bool
    ) -> None:

        another = a_person(organization=an_organization())
        an_app(another)
        with transaction():
            requirement.require(UUID(ORG_ID), another, OWNER)
        use(provider, visitor.client.application, second_factors=("mfa",))
        provider.person = dana(amr=["mfa"] if was_used else ["pwd"])
        come_back(visitor, provider)
        page = visitor.get("/billing")
        assert page.location == (None if was_used else "/account/second-factor")
        assert user.email


class TestConfirming:
    """“Confirm it's you” for people who come by the provider."""

    @pytest.fixture(autouse=True)
    def _signed_in(self, visitor: Visitor, provider: Provider) -> None:
        come_back(visitor, provider)
        confirmed_long_ago()

    def test_it_is_asked_for_there(self, visitor: Visitor, provider: Provider) -> None:
        stopped = visitor.post("/billing/security/confirmations", {"always": "yes"})
        assert stopped.status_code == 403
        assert "Confirm with Acme" in text_of(stopped)
        too_early = visitor.post(
            "/confirm", {"method": "provider", "next": "/billing/security", "form": "/billing/security/confirmations", "typed:always": "yes"}
        )  # fmt: skip
        assert too_early.status_code == 422
        assert "You haven't signed in there again" in text_of(too_early)
        done = come_back(visitor, provider, "/confirm/provider")
        assert done.location == "/confirm/done"
        assert "You're confirmed" in text_of(visitor.get("/confirm/done"))
        assert (provider.asked[-1]["prompt"], provider.asked[-1]["max_age"]) == ("login", "0")
        before = _confirmed_at()
        went_on = visitor.post("/confirm", {"method": "provider", "next": "/billing/security"})
        assert went_on.location == "/billing/security"
        assert _confirmed_at() == before, "going on makes it last no longer"
        assert visitor.post("/billing/security/confirmations", {"always": "yes"}).status_code == 303

    def test_a_link_leads_there_and_back(self, visitor: Visitor, provider: Provider) -> None:
        page = visitor.get("/confirm?next=/billing/security")
        assert 'href="/confirm/provider?next=/billing/security"' in page.text
        back = come_back(visitor, provider, "/confirm/provider?next=/billing/security")
        assert back.location == "/billing/security"

    @pytest.mark.parametrize("auth_time", [None, 1])
    def test_an_earlier_sign_in_there_confirms_nothing(
        self, visitor: Visitor, provider: Provider, auth_time: int | None
    ) -> None:
        provider.person = dana(auth_time=auth_time)
        before = _confirmed_at()
        assert come_back(visitor, provider, "/confirm/provider").status_code == 400
        assert _confirmed_at() == before

    def test_someone_else_who_signs_in_there_confirms_nothing(
        self, visitor: Visitor, provider: Provider
    ) -> None:
        provider.person.subject = "9d3e"
        before = _confirmed_at()
        assert come_back(visitor, provider, "/confirm/provider").status_code == 400
        assert _confirmed_at() == before

    def test_what_was_for_signing_in_confirms_nothing(
        self, app: Flask, visitor: Visitor, provider: Provider
    ) -> None:
        other = Visitor(app.test_client())
        back = sent_back(other, provider)
        before = _confirmed_at()
        assert visitor.get(back).status_code == 400
        assert _confirmed_at() == before

    def test_signing_in_again_there_without_being_asked_there_confirms_nothing(
        self, visitor: Visitor, provider: Provider
    ) -> None:
        """A provider that still knows the person asks them nothing."""
        visitor.post("/sign-out")
        provider.signed_in_at -= 7200
        come_back(visitor, provider)
        stopped = visitor.post("/billing/security/confirmations", {"always": "yes"})
        assert stopped.status_code == 403

    def test_someone_with_an_app_confirms_with_its_code(self, visitor: Visitor) -> None:
        an_app(db.session.scalars(select(User)).one())
        page = text_of(visitor.get("/confirm?next=/billing/security"))
        assert "Code from your authenticator app" in page
        assert "Confirm with Acme" not in page

    @pytest.mark.parametrize("is_set_up", ["before", "meanwhile"])
    def test_nor_is_the_provider_enough_for_them_at_its_address(
        self, visitor: Visitor, provider: Provider, is_set_up: str
    ) -> None:
        """A stolen session may come with the provider's password; the app stays on the owner's phone."""
        user = db.session.scalars(select(User)).one()
        before = _confirmed_at()
        if is_set_up == "before":
            an_app(user)
            assert visitor.get("/confirm/provider").status_code == 404
        else:
            back = sent_back(visitor, provider, "/confirm/provider")
            an_app(user)
            assert visitor.get(back).status_code == 400
        assert _confirmed_at() == before


def test_a_member_by_the_provider_is_none_with_a_password(
    app: Flask, visitor: Visitor, provider: Provider
) -> None:
    """Someone who left there, and still knows a password here, keeps what was given here, and nothing else."""
    harbor = an_organization("Harbor")
    a_person("dana@acme.example", organization=harbor, role=Role.MEMBER)
    visitor.sign_in("dana@acme.example", PASSWORD)
    come_back(visitor, provider, "/account/provider/connect")
    by_password, by_provider = Visitor(app.test_client()), Visitor(app.test_client())
    by_password.sign_in("dana@acme.example", PASSWORD)
    assert "Acme Rivets" not in by_password.get("/account").text
    come_back(by_provider, provider)
    assert "Acme Rivets" in by_provider.get("/billing").text
