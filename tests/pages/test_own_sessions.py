"""Where a person is signed in: each browser by what it is and where it was used last; ended with its next request."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import SignInSession
from tests.factories import a_person, an_organization
from tests.support.browsing import Visitor, text_of

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)


class Browser(Visitor):
    """A browser that says what it is, at an address."""

    def __init__(self, app: Flask, user_agent: str, address: str = "8.8.8.8") -> None:
        super().__init__(app.test_client())
        self.client.environ_base |= {"HTTP_USER_AGENT": user_agent, "REMOTE_ADDR": address}


@pytest.fixture
def owner(app: Flask) -> str:
    return a_person("dana@harbor.example", organization=an_organization("Harbor Dental")).email


def rows(browser: Visitor) -> list[str]:
    """The list as it reads, one browser a line."""
    html = browser.get("/account").text.partition('<ul class="sessions"')[2].partition("</ul>")[0]
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in html.split("<li>")[1:]]


def ends(browser: Visitor) -> list[str]:
    """Where the buttons of the list lead."""
    return re.findall(r'action="(/account/sessions/[0-9a-f-]+/sign-out)"', browser.get("/account").text)


def test_each_browser_is_listed_in_words_and_this_one_is_marked(app: Flask, owner: str) -> None:
    desk, phone = Browser(app, WINDOWS), Browser(app, IPHONE, "194.150.168.168")
    desk.sign_in(owner)
    phone.sign_in(owner)
    here, other = rows(desk)
    assert here.startswith("Chrome on Windows This browser United States (8.8.8.8)")
    assert other.startswith("Safari on iPhone Germany (194.150.168.168)")
    assert "Sign out Safari on iPhone" in other
    assert "Sign out" not in here
    assert rows(phone)[0].split(" This")[0] == "Safari on iPhone"


def test_another_persons_and_expired_ones_are_not(app: Flask, owner: str) -> None:
    desk, gone = Browser(app, WINDOWS), Browser(app, IPHONE)
    gone.sign_in(owner)
    db.session.execute(db.update(SignInSession).values(seen_at=utc_now() - timedelta(hours=2)))
    db.session.commit()
    stranger = Browser(app, IPHONE)
    stranger.sign_in(a_person("eve@pine.example", organization=an_organization("Pine Realty")).email)
    desk.sign_in(owner)
    assert len(rows(desk)) == 1


def test_a_stolen_session_shows_where_it_is_used(app: Flask, owner: str) -> None:
    desk, thief = Browser(app, WINDOWS), Browser(app, IPHONE, "194.150.168.168")
    desk.sign_in(owner)
    cookie = desk.client.get_cookie("billing_session")
    assert cookie
    db.session.execute(db.update(SignInSession).values(seen_at=utc_now() - timedelta(minutes=5)))
    db.session.commit()
    thief.client.set_cookie("billing_session", cookie.value)
    assert thief.get("/billing").status_code == 200
    assert rows(desk)[0].startswith("Safari on iPhone This browser Germany (194.150.168.168)")


def test_ending_one_takes_effect_with_its_next_request(app: Flask, owner: str) -> None:
    desk, phone, tablet = (Browser(app, one) for one in (WINDOWS, IPHONE, "curl/8.5.0"))
    for browser in (desk, phone, tablet):
        browser.sign_in(owner)
    (button,) = [one for one, row in zip(ends(desk), rows(desk)[1:], strict=True) if "iPhone" in row]
    said = desk.post(button)
    assert said.location == "/account#sessions"
    assert phone.get("/billing").status_code == 302
    assert tablet.get("/billing").status_code == 200
    assert "That browser is signed out." in text_of(desk.get("/account"))
    assert desk.post(button).status_code == 302, "one that has ended stays ended"


def test_no_one_ends_the_session_of_another_person(app: Flask, owner: str) -> None:
    desk, eve = Browser(app, WINDOWS), Browser(app, IPHONE)
    desk.sign_in(owner)
    eve.sign_in(a_person("eve@pine.example", organization=an_organization("Pine Realty")).email)
    target = db.session.scalar(db.select(SignInSession.id).filter_by(device="Chrome on Windows"))
    assert eve.post(f"/account/sessions/{target}/sign-out").status_code == 302
    assert desk.get("/billing").status_code == 200


@pytest.mark.parametrize(("which", "this_one"), [("others", 200), ("all", 302)])
def test_signing_out_everywhere_with_this_browser_or_without(
    app: Flask, owner: str, which: str, this_one: int
) -> None:
    desk, phone, tablet = (Browser(app, one) for one in (WINDOWS, IPHONE, "curl/8.5.0"))
    for browser in (desk, phone, tablet):
        browser.sign_in(owner)
    desk.post("/account/sessions/sign-out", {"which": which})
    assert [browser.get("/billing").status_code for browser in (desk, phone, tablet)] == [this_one, 302, 302]
    shown = text_of(desk.get("/account" if which == "others" else "/sign-in"))
    assert ("Every other browser is signed out." if which == "others" else "signed out everywhere") in shown
    assert phone.sign_in(owner).status_code == 302
