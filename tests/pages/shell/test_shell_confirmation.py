"""Someone whom only the shell signs in confirms there who they are, and goes on here."""

from __future__ import annotations

import time

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import User
from app.people import passwords
from tests.factories import PASSWORD
from tests.support.browsing import Visitor
from tests.support.confirming import minutes_pass
from tests.support.portal_shell import FRAMED, PortalShell

LIMIT = "/billing/wallet/daily-limit"
A_LIMIT = {"limit": "300", "seen": "10000.000000 -"}


@pytest.fixture
def frame(app: Flask, shell: PortalShell) -> Visitor:
    """Signed in by the shell, half an hour ago."""
    visitor = Visitor(app.test_client())
    visitor.client.post("/auth/shell", data={"token": shell.token()}, headers=FRAMED)
    minutes_pass()
    return visitor


def renew(frame: Visitor, token: str, **more: str) -> TestResponse:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty"}
    return frame.client.post("/auth/shell", data={"token": token, "renew": "1"} | more, headers=headers)


def goes_on(frame: Visitor) -> bool:
    """Whether the question is answered, once its form is sent."""
    status = frame.post("/confirm", {"method": "shell"}).status_code
    assert status in {303, 422}
    return status == 303


@pytest.mark.long
def test_the_question_offers_the_shell(frame: Visitor) -> None:
    asked = frame.post(LIMIT, A_LIMIT)
    assert asked.status_code == 403
    assert "data-confirm-in-shell" in asked.text
    assert "Sign in again" not in asked.text


def test_what_the_shell_says_lets_it_go_on(frame: Visitor, shell: PortalShell) -> None:
    assert not goes_on(frame), "no one has asked the shell"
    renew(frame, shell.token(auth_time=int(time.time()) - 3600), confirm="1")
    assert not goes_on(frame), "the shell says when, and that is long ago"
    renew(frame, shell.token(auth_time=int(time.time())), confirm="1")
    assert goes_on(frame)
    assert frame.post(LIMIT, A_LIMIT).status_code == 303


@pytest.mark.long
def test_of_a_shell_that_does_not_say_when_its_word_counts_where_it_was_asked(
    frame: Visitor, shell: PortalShell
) -> None:
    renew(frame, shell.token())
    assert not goes_on(frame), "a session that goes on by itself has asked no one"
    renew(frame, shell.token(), confirm="1")
    assert goes_on(frame)


def test_someone_elses_word_confirms_nothing(frame: Visitor, shell: PortalShell) -> None:
    told = renew(frame, shell.token(sub="person-2", email="other@acme.example"), confirm="1")
    assert told.status_code == 409
    assert not goes_on(frame)


@pytest.mark.long
def test_who_has_a_password_here_confirms_with_that(frame: Visitor, shell: PortalShell) -> None:
    user = db.session.scalars(db.select(User)).one()
    user.password_hash = passwords.hash_password(PASSWORD)
    db.session.commit()
    renew(frame, shell.token(auth_time=int(time.time())), confirm="1")
    assert not goes_on(frame)
    assert "data-confirm-in-shell" not in frame.post(LIMIT, A_LIMIT).text
