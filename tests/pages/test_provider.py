"""Signing in with an identity provider: over HTTP, by the pages, with a provider that goes wrong in every way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from app import openid
from app.clock import utc_now
from app.extensions import db
from app.models import (
    AuditEvent,
    ExternalIdentity,
    Mail,
    Membership,
    ProviderVisit,
    Role,
    SignInSession,
    User,
)
from app.people import accounts, password_links
from app.people.factors import requirement
from app.transaction import transaction
from tests.factories import OWNER, PASSWORD, a_person, an_organization
from tests.support.browsing import Visitor, text_of
from tests.support.factors import a_code, an_app
from tests.support.openid_provider import ORG_ID, Provider, dana, unsigned
from tests.support.provider_visits import come_back, sent_back, use

BUTTON = "Sign in with Acme"


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_without_a_provider_nothing_is_shown_and_nothing_is_there(visitor: Visitor) -> None:
    openid.set_up(None, "")
    assert "provider" not in visitor.get("/sign-in").text
    for path in ("/sign-in/provider", "/sign-in/provider/callback", "/sign-out/provider"):
        assert visitor.get(path).status_code == 404


def test_the_button_leads_there_and_back_to_where_one_was_going(visitor: Visitor, provider: Provider) -> None:
    asked = visitor.get("/billing/wallet?kind=top_up")
    page = visitor.get(asked.location)
    assert BUTTON in text_of(page)
    assert "Password" in text_of(page), "beside the form"
    assert 'href="/sign-in/provider?next=' in page.text
    back = come_back(visitor, provider, "/sign-in/provider?next=/billing/wallet?kind%3Dtop_up")
    assert back.location == "/billing/wallet?kind=top_up"
    assert "Acme Rivets" in visitor.get("/billing").text
    assert visitor.get("/sign-in/provider?next=/account").location == "/account", "signed in already"


def test_it_is_recorded_and_told_by_mail(visitor: Visitor, provider: Provider) -> None:
    come_back(visitor, provider)
    entry = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "user.signed_in")).one()
    assert entry.details["by"] == "provider"
    assert entry.actor == "dana@acme.example"
    assert db.session.scalars(select(Mail.kind)).all() == ["new_sign_in"]
    page = visitor.get("/billing/activity")
    assert "with an identity provider" in text_of(page)
    visitor.post("/sign-out")
    come_back(visitor, provider)
    assert count(Mail) == 1, "the browser is known by now"


@pytest.mark.parametrize(
    "next_",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/sign-out"],
)
def test_no_one_is_led_elsewhere(visitor: Visitor, provider: Provider, next_: str) -> None:
    left = visitor.get("/sign-in/provider", query_string={"next": next_})
    back = urlsplit(provider.sign_in(left.location))
    assert visitor.get(f"{back.path}?{back.query}").location == "/billing"


def test_an_answer_is_for_the_browser_that_asked_and_no_other(
    app: Flask, visitor: Visitor, provider: Provider
) -> None:
    """Else an attacker could sign someone in as themselves, and read what they enter."""
    victim = Visitor(app.test_client())
    victim.get("/sign-in")
    back = sent_back(visitor, provider)
    refused = victim.get(back)
    assert refused.status_code == 400
    assert "This sign-in is over" in text_of(refused)
    assert "/token" not in provider.fetched, "the code isn't spent on it"
    assert count(SignInSession) == 0
    assert visitor.get(back).location == "/billing"


def test_an_answer_counts_once(visitor: Visitor, provider: Provider) -> None:
    back = sent_back(visitor, provider)
    assert visitor.get(back).location == "/billing"
    visitor.post("/sign-out")
    again = visitor.get(back)
    assert again.status_code == 400
    assert count(SignInSession) == 0


def test_of_six_browsers_with_the_same_cookies_and_code_one_is_let_in(
    app: Flask, visitor: Visitor, provider: Provider
) -> None:
    back, barrier = sent_back(visitor, provider), Barrier(6)
    cookie = visitor.client.get_cookie("billing_session")
    assert cookie is not None

    def one(_: int) -> int:
        copied = app.test_client()
        copied.set_cookie("billing_session", cookie.value)
        barrier.wait(10)
        return copied.get(back).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(one, range(6))) == [302] + [400] * 5
    assert count(SignInSession) == 1
    assert provider.fetched["/token"] == 1


def test_after_ten_minutes_one_starts_again(visitor: Visitor, provider: Provider) -> None:
    back = sent_back(visitor, provider)
    with transaction():
        db.session.execute(update(ProviderVisit).values(expires_at=utc_now()))
    assert visitor.get(back).status_code == 400


@pytest.mark.parametrize("state", ["", "a", "x" * 5000, "%00", "%ED%A0%80", "a&state=b"])
def test_an_invented_state_is_none(visitor: Visitor, provider: Provider, state: str) -> None:
    visitor.get("/sign-in")
    assert visitor.get(f"/sign-in/provider/callback?code=a&state={state}").status_code == 400


@pytest.mark.parametrize(
    ("answer", "status", "said", "event"),
    [
        ({"code": "", "error": "access_denied"}, 403, "Acme didn't sign you in", "provider_denied"),
        ({"code": "", "error": "login_required"}, 403, "Acme didn't sign you in", "provider_denied"),
        ({"code": ""}, 403, "Acme didn't sign you in", "provider_denied"),
        ({"code": "wrong"}, 400, "We couldn't verify what Acme said", "provider_answer_refused"),
        ({"iss": "https://evil.example"}, 400, "We couldn't verify", "provider_answer_refused"),
        ({"iss": ""}, 400, "We couldn't verify", "provider_answer_refused"),
    ],
)
def test_an_answer_that_says_no_or_is_anothers(
    visitor: Visitor, provider: Provider, answer: dict[str, str], status: int, said: str, event: str
) -> None:
    provider.answer = answer
    back = sent_back(visitor, provider)
    with capture_logs() as logs:
        page = visitor.get(back)
    assert page.status_code == status
    assert said in text_of(page)
    assert [one for one in logs if one["event"] == event]
    assert count(SignInSession) == 0
    assert not [one for one in logs if "code=" in str(one) or "state=" in str(one)], "no secret in the log"


def test_a_token_that_proves_nothing_signs_no_one_in(visitor: Visitor, provider: Provider) -> None:
    provider.make = unsigned
    page = come_back(visitor, provider)
    assert page.status_code == 400
    assert (count(SignInSession), count(User)) == (0, 0)


@pytest.mark.parametrize("when", ["leaving", "coming back"])
def test_a_provider_that_is_away_is_said_to_be_and_the_password_still_works(
    visitor: Visitor, provider: Provider, when: str
) -> None:
    owner = a_person(organization=an_organization())
    back = sent_back(visitor, provider) if when == "coming back" else "/sign-in/provider"
    provider.is_down = True
    with capture_logs() as logs:
        page = visitor.get(back)
    assert page.status_code == 503
    assert "Acme isn't responding" in text_of(page)
    [line] = [one for one in logs if one["event"] == "provider_unavailable"]
    assert line["issuer"] == provider.url
    assert visitor.sign_in(owner.email).location == "/billing"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"roles": ["guest"]}, "Ask those who run it to give you a role"),
        ({"roles": None}, "Ask those who run it to give you a role"),
        ({"org": None}, "Ask those who run it to give you a role"),
        ({"email_verified": False}, "Confirm your email address there"),
        ({"email": None}, "Confirm your email address there"),
    ],
)
def test_someone_whom_it_opens_nothing_for_reads_what_to_do(
    visitor: Visitor, provider: Provider, changes: dict[str, object], said: str
) -> None:
    provider.person = dana(**changes)
    page = come_back(visitor, provider)
    assert page.status_code == 403
    assert said in text_of(page)
    assert (count(SignInSession), count(User)) == (0, 0)


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
    _long_ago()
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
        _long_ago()
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


@pytest.mark.long
def test_a_role_that_is_taken_away_there_is_gone_with_the_next_sign_in(
    visitor: Visitor, provider: Provider
) -> None:
    come_back(visitor, provider)
    assert visitor.get("/billing").status_code == 200
    visitor.post("/sign-out")
    provider.person = dana(roles=["member"])
    come_back(visitor, provider)
    assert visitor.get("/billing").status_code == 403
    visitor.post("/sign-out")
    provider.person = dana(roles=[])
    assert come_back(visitor, provider).status_code == 403
    assert count(Membership) == 0


def test_the_page_about_the_account_offers_no_password(visitor: Visitor, provider: Provider) -> None:
    come_back(visitor, provider)
    page = text_of(visitor.get("/account"))
    assert "Your account has no password. You sign in with Acme" in page
    assert "Email me a link" not in page


def test_no_link_is_mailed_to_someone_who_comes_by_the_provider(visitor: Visitor, provider: Provider) -> None:

    come_back(visitor, provider)
    with transaction():
        password_links.mail_if_known("dana@acme.example", None)
    assert "password_link" not in db.session.scalars(select(Mail.kind)).all()


def test_signing_out_offers_to_sign_out_there_too(visitor: Visitor, provider: Provider) -> None:
    come_back(visitor, provider)
    page = visitor.get(visitor.post("/sign-out").location)
    assert "Sign out of Acme, too" in text_of(page)
    assert "Sign out of Acme, too" not in text_of(visitor.get("/sign-in")), "once"
    left = urlsplit(visitor.get("/sign-out/provider").location)
    assert left.path == "/sign-out"
    assert parse_qs(left.query)["post_logout_redirect_uri"] == ["http://localhost:8000/sign-in"]
    provider.document = {"end_session_endpoint": None}
    use(provider, visitor.client.application)
    assert visitor.get("/sign-out/provider").location == "http://localhost:8000/sign-in"


def test_who_signed_in_with_a_password_isnt_asked_to(visitor: Visitor, provider: Provider) -> None:
    visitor.sign_in(a_person(organization=an_organization()).email)
    assert "Sign out of Acme" not in text_of(visitor.get(visitor.post("/sign-out").location))


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
        _long_ago()

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


def _long_ago() -> None:
    with transaction():
        db.session.execute(update(SignInSession).values(confirmed_at=utc_now() - timedelta(hours=2)))


def _confirmed_at() -> object:
    db.session.rollback()
    return db.session.scalars(select(SignInSession.confirmed_at)).one()
