"""Signing in with an identity provider: over HTTP, by the pages, with a provider that goes wrong in every way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from app import openid
from app.clock import utc_now
from app.extensions import db
from app.models import (
    AuditEvent,
    Mail,
    Membership,
    ProviderVisit,
    SignInSession,
    User,
)
from app.people import password_links
from app.transaction import transaction
from tests.factories import a_person, an_organization
from tests.support.browsing import Visitor, text_of
from tests.support.openid_provider import Provider, dana, unsigned
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
