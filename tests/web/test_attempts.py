"""Wrong attempts slow down who makes them, count as what they are, and keep no one else out."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.cookiejar import Cookie, CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import signing
from app.clock import clock
from app.extensions import db
from app.models import Mail, RateLimitCounter
from app.people import organizations, password_links
from app.web import attempts, waiting_tickets
from app.web.attempts import Kind, TooManyAttemptsError
from app.web.waiting_tickets import COOKIE
from tests.factories import OWNER, PASSWORD, a_person, an_organization
from tests.support.browsing import Visitor, text_of
from tests.support.serving import serving

STRANGER, HOME = "203.0.113.66", "198.51.100.7"


@pytest.fixture
def owner(app: Flask) -> str:
    return a_person("dana@harbor.example", organization=an_organization("Harbor Dental")).email


def browser(app: Flask) -> Visitor:
    return Visitor(app.test_client())


def sign_in(who: Visitor, email: str, password: str = PASSWORD, *, at: str = HOME) -> TestResponse:
    form = {"email": email, "password": password}
    return who.post("/sign-in", form, environ_base={"REMOTE_ADDR": at})


def guess(who: Visitor, email: str, times: int, *, at: str = STRANGER) -> list[int]:
    return [sign_in(who, email, "guess", at=at).status_code for _ in range(times)]


def wait(who: Visitor) -> None:
    """Let the ticket that this browser has got be as old as it has to be."""
    cookie = who.client.get_cookie(COOKIE)
    assert cookie is not None, "without a ticket there is nothing to wait for"
    with who.client.application.test_request_context(headers={"Cookie": f"{COOKIE}={cookie.value}"}):
        subject = signing.serializer("attempt-ticket").loads(cookie.value)[0]
        older = waiting_tickets.fresh(subject, at=clock.about_now() - waiting_tickets.WAIT)
        who.client.set_cookie(COOKIE, older.text)


@pytest.mark.long
def test_a_stranger_elsewhere_keeps_the_owner_out_of_no_browser(app: Flask, owner: str) -> None:
    known = browser(app)
    sign_in(known, owner)
    known.post("/sign-out")
    assert guess(browser(app), owner, 12) == [422] * 8 + [429] * 4
    assert sign_in(known, owner).status_code == 302
    assert sign_in(browser(app), owner).status_code == 302, "neither does a new browser at home"


@pytest.mark.long
def test_in_the_network_of_a_stranger_the_owner_waits_seconds(app: Flask, owner: str) -> None:
    guess(browser(app), owner, 40)
    new = browser(app)
    refused = sign_in(new, owner, at=STRANGER)
    assert refused.status_code == 429
    assert "Wait 10 seconds and try again" in text_of(refused)
    assert 1 <= int(refused.headers["Retry-After"]) <= 10
    assert sign_in(new, owner, at=STRANGER).status_code == 429, "too early"
    wait(new)
    assert sign_in(new, owner, at=STRANGER).status_code == 302


@pytest.mark.long
def test_a_known_browser_does_not_wait_there_either(app: Flask, owner: str) -> None:
    known = browser(app)
    sign_in(known, owner, at=STRANGER)
    known.post("/sign-out")
    guess(browser(app), owner, 40)
    assert sign_in(known, owner, at=STRANGER).status_code == 302


@pytest.mark.long
def test_a_ticket_is_good_for_one_attempt_at_one_account_from_one_network(app: Flask, owner: str) -> None:
    stranger = browser(app)
    guess(stranger, owner, 8)
    wait(stranger)
    ticket = stranger.client.get_cookie(COOKIE)
    assert guess(stranger, owner, 1) == [422], "the one"
    stranger.client.set_cookie(COOKIE, ticket.value)
    assert guess(stranger, owner, 1) == [429], "not twice"
    for email, network in (("missing@harbor.example", STRANGER), (owner, "203.0.113.99")):
        other = browser(app)
        guess(other, email, 8, at=network)
        other.client.set_cookie(COOKIE, waiting_ticket_of(app, ticket.value))
        assert guess(other, email, 1, at=network) == [429], "nor elsewhere"


def waiting_ticket_of(app: Flask, text: str) -> str:
    """A ticket for the same, unused and old enough."""
    with app.test_request_context():
        subject = signing.serializer("attempt-ticket").loads(text)[0]
        return waiting_tickets.fresh(subject, at=clock.about_now() - waiting_tickets.WAIT).text


def test_a_ticket_that_is_forged_or_too_old_is_none(app: Flask, owner: str) -> None:
    guess(stranger := browser(app), owner, 8)
    with app.test_request_context():
        subject = signing.serializer("attempt-ticket").loads(stranger.client.get_cookie(COOKIE).value)[0]
        old = waiting_tickets.fresh(subject, at=clock.about_now() - waiting_tickets.VALID_FOR).text
    for text in (old, "forged", old[:-3], ""):
        stranger.client.set_cookie(COOKIE, text)
        assert guess(stranger, owner, 1) == [429]


@pytest.mark.long
def test_with_tickets_a_network_has_thirty_attempts_a_day(app: Flask, owner: str) -> None:
    stranger = browser(app)
    said = []
    for _ in range(3):
        said += guess(stranger, owner, 8)
        for _ in range(8):
            wait(stranger)
            said += guess(stranger, owner, 1)
        db.session.execute(db.delete(RateLimitCounter).where(~RateLimitCounter.key.endswith(":day")))
        db.session.commit()
    assert Counter(said) == {422: 30, 429: 18}
    last = sign_in(stranger, owner, at=STRANGER)
    assert "Forgot password?" in text_of(last), (
        "the right password doesn't help either, and it says what does"
    )
    assert sign_in(browser(app), owner).status_code == 302, "at home it does"


@pytest.mark.long
def test_many_networks_together_have_a_hundred_a_day_and_a_known_browser_continues(
    app: Flask, owner: str
) -> None:
    known, strangers = browser(app), browser(app)
    sign_in(known, owner)
    known.post("/sign-out")
    said = [code for one in range(14) for code in guess(strangers, owner, 8, at=f"203.0.113.{one}")]
    assert Counter(said) == {422: 100, 429: 12}
    assert sign_in(browser(app), owner).status_code == 429
    assert sign_in(known, owner).status_code == 302
    assert sign_in(browser(app), a_colleague()).status_code == 302, "no other account is affected"


@pytest.mark.long
def test_an_emailed_link_makes_a_browser_known_whatever_strangers_have_used_up(
    app: Flask, owner: str
) -> None:
    for one in range(13):
        guess(browser(app), owner, 8, at=f"203.0.113.{one}")
    new = browser(app)
    assert sign_in(new, owner).status_code == 429
    password_links.mail_to(organizations.find_user(owner), OWNER)
    db.session.commit()
    link = db.session.scalars(db.select(Mail)).one().facts["path"]
    assert new.post(link, {"password": "seven green bottles"}).status_code == 302
    new.post("/sign-out")
    assert sign_in(new, owner, "seven green bottles").status_code == 302


def a_colleague() -> str:
    return a_person("sam@pine.example", organization=an_organization("Pine Realty")).email


@pytest.mark.long
def test_one_network_at_many_accounts_is_slowed_down_but_not_who_is_known_there(
    app: Flask, owner: str
) -> None:
    known, stranger = browser(app), browser(app)
    sign_in(known, owner, at=STRANGER)
    known.post("/sign-out")
    said = [guess(stranger, f"person-{number}@harbor.example", 1)[0] for number in range(40)]
    assert Counter(said) == {422: 30, 429: 10}
    assert sign_in(known, owner, at=STRANGER).status_code == 302
    new = browser(app)
    assert sign_in(new, owner, at=STRANGER).status_code == 429
    wait(new)
    assert sign_in(new, owner, at=STRANGER).status_code == 302


@pytest.mark.long
def test_the_addresses_of_an_ipv6_network_count_together(app: Flask, owner: str) -> None:
    stranger = browser(app)
    said = [guess(stranger, owner, 1, at=f"2001:db8:0:1::{number:x}")[0] for number in range(1, 11)]
    assert said == [422] * 8 + [429] * 2
    assert guess(stranger, owner, 1, at="2001:db8:0:2::1") == [422]


@pytest.mark.long
def test_signing_in_to_an_account_of_ones_own_does_not_begin_the_count_again(app: Flask, owner: str) -> None:
    own = a_colleague()
    stranger = browser(app)
    said = []
    for _ in range(5):
        said += guess(stranger, owner, 3)
        sign_in(stranger, own, at=STRANGER)
        stranger.post("/sign-out")
    assert Counter(said)[422] == 8


@pytest.mark.long
def test_right_passwords_are_not_counted(app: Flask, owner: str) -> None:
    for _ in range(12):
        assert sign_in(browser(app), owner).status_code == 302
    mistaken = browser(app)
    for _ in range(3):
        assert guess(mistaken, owner, 7, at=HOME) == [422] * 7
        assert sign_in(mistaken, owner).status_code == 302
        mistaken.post("/sign-out")


@pytest.mark.long
def test_whether_an_account_exists_is_told_by_no_text_and_no_status(app: Flask, owner: str) -> None:
    said: list[list[str]] = []
    for email in (owner, "missing@harbor.example"):
        stranger = browser(app)
        pages = [sign_in(stranger, email, "guess", at=f"203.0.113.{len(email)}") for _ in range(10)]
        said.append([f"{page.status_code} {text_of(page)}" for page in pages])
    assert said[0] == said[1]
    assert [page[:3] for page in said[0]] == ["422"] * 8 + ["429"] * 2


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_counts_by_itself_and_by_the_browser_that_the_caller_names(app: Flask, kind: Kind) -> None:
    def tries(browser: str | None, of: Kind) -> int:
        with app.test_request_context(environ_base={"REMOTE_ADDR": STRANGER}):
            for number in range(20):
                try:
                    attempts.begin(of, "dana@harbor.example", browser=browser)
                except TooManyAttemptsError as refused:
                    assert refused.seconds > 0
                    return number
        return 20

    assert [tries(None, kind), tries("a session", kind), tries("another session", kind)] == [8, 8, 8]
    assert tries("a session", kind) == 0
    assert {tries("a session", other) for other in Kind if other is not kind} == {8}


@pytest.mark.long
def test_a_person_has_a_hundred_attempts_a_day_however_many_sessions(app: Flask, owner: str) -> None:
    """A stolen session gets another token with each invitation, which anyone who may invite people sends."""
    made = 0
    for session in range(20):
        for _ in range(8):
            with app.test_request_context():
                try:
                    attempts.begin(Kind.CONFIRMATION, owner, browser=f"session {session}")
                    made += 1
                except TooManyAttemptsError as refused:
                    assert "Sign out, and sign in again" in str(refused)
    assert made == 100
    assert sign_in(browser(app), owner).status_code == 302


@pytest.mark.long
def test_twenty_at_the_same_moment_are_twenty(app: Flask, owner: str) -> None:
    with serving(app) as address, ThreadPoolExecutor(20) as crowd:
        openers = [_opened(address) for _ in range(20)]
        wrong = crowd.map(lambda one: _post(address, *one, owner, "guess"), openers)
        assert Counter(wrong) == {422: 8, 429: 12}


@pytest.mark.long
def test_of_twenty_with_one_ticket_one_is_verified(app: Flask, owner: str) -> None:
    stranger = browser(app)
    guess(stranger, owner, 8, at="127.0.0.1")
    wait(stranger)
    ticket = stranger.client.get_cookie(COOKIE).value
    with serving(app) as address, ThreadPoolExecutor(20) as crowd:
        openers = [_opened(address, ticket) for _ in range(20)]
        wrong = crowd.map(lambda one: _post(address, *one, owner, "guess"), openers)
        assert Counter(wrong) == {422: 1, 429: 19}


@pytest.mark.long
def test_what_is_counted_ends_with_its_window(app: Flask, owner: str) -> None:
    stranger = browser(app)
    guess(stranger, owner, 10)
    over = clock.about_now() - timedelta(seconds=1)
    db.session.execute(db.update(RateLimitCounter).values(expires_at=over))
    db.session.commit()
    assert guess(stranger, owner, 10) == [422] * 8 + [429] * 2


def _opened(address: str, ticket: str = "") -> tuple[OpenerDirector, str]:
    """A browser that has opened the sign-in page, and its form's token."""
    jar = CookieJar()
    if ticket:
        jar.set_cookie(_cookie(COOKIE, ticket))
    opener = build_opener(HTTPCookieProcessor(jar))
    page = opener.open(f"{address}/sign-in").read().decode()
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return opener, found[1]


def _post(address: str, opener: OpenerDirector, token: str, email: str, password: str) -> int:
    form = urlencode({"email": email, "password": password, "csrf_token": token}).encode()
    try:
        return int(opener.open(f"{address}/sign-in", form).status)
    except HTTPError as error:
        return error.code


def _cookie(name: str, value: str) -> Cookie:
    where = {"domain": "127.0.0.1", "domain_specified": False, "domain_initial_dot": False}
    rest = {"port": None, "port_specified": False, "path": "/", "path_specified": True, "secure": False}
    return Cookie(
        0, name, value, **where, **rest, expires=None, discard=True, comment=None, comment_url=None, rest={}
    )
