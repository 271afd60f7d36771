"""A page in the shell's frame goes on for its own person only, and not once they have signed out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import SignInSession
from tests.support.browsing import Visitor
from tests.support.confirming import minutes_pass
from tests.support.portal_shell import PortalShell
from tests.support.shell_frame import FROM_FRAME, IN_FRAME, enter, is_in, leave

NEW_CARD = "/billing/payment-methods/new"


@pytest.fixture
def frame(app: Flask, shell: PortalShell) -> Visitor:
    visitor = Visitor(app.test_client())
    enter(visitor, shell.token())
    return visitor


def go_on(frame: Visitor, token: str, page: str, **more: str) -> TestResponse:
    """As the script of a page does that was drawn with the form token `page`."""
    data = {"token": token, "renew": "1", "page": page} | more
    return frame.client.post("/auth/shell", data=data, headers=FROM_FRAME | {"X-Frame-Site": "cross-site"})


def end_sessions() -> None:
    """Let the time of all sessions be over."""
    db.session.execute(db.delete(SignInSession))
    db.session.commit()


@pytest.mark.long
def test_a_page_of_one_person_does_not_go_on_in_the_session_of_another(
    frame: Visitor, shell: PortalShell
) -> None:
    """Someone else has signed in to the shell in another tab: the session in the browser is theirs by now, and so is
    each token that a page of the one before gets."""
    page = frame.token()
    second = {"sub": "person-2", "email": "other@acme.example"}
    assert enter(frame, shell.token(**second)).status_code == 303
    answer = go_on(frame, shell.token(**second), page)
    assert (answer.status_code, answer.json["reason"]) == (409, "other_session")
    assert go_on(frame, shell.token(**second), frame.token()).status_code == 200


WAYS_OUT: dict[str, Callable[[Visitor], TestResponse]] = {
    "with the shell": leave,
    "on a page": lambda frame: frame.post("/sign-out"),
    "everywhere": lambda frame: frame.post("/account/sessions/sign-out"),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_no_page_goes_on_that_was_there_before_its_person_signed_out(
    frame: Visitor, shell: PortalShell, way: str
) -> None:
    """A token may be under way to a page, or a page to us, with the cookies of before, while its person leaves."""
    page, token = frame.token(), shell.token()
    cookie = frame.client.get_cookie("billing_frame")
    assert cookie is not None
    assert WAYS_OUT[way](frame).status_code in {204, 302}
    assert go_on(frame, token, page).json["reason"] == "other_session"
    frame.client.set_cookie("billing_frame", cookie.value)
    assert go_on(frame, shell.token(), page).json["reason"] == "other_session"
    assert not is_in(frame)
    assert enter(frame, shell.token()).status_code == 303, "the shell may begin another"


def test_a_session_that_begins_by_itself_confirms_nothing(frame: Visitor, shell: PortalShell) -> None:
    """A page that was left alone asks for it: the shell has to say when its person proved who they are, or that it has
    asked them."""
    page = frame.token()
    minutes_pass()
    end_sessions()
    assert go_on(frame, shell.token(), page).status_code == 200
    assert frame.get(NEW_CARD, headers=IN_FRAME).location.startswith("/confirm?")
    assert go_on(frame, shell.token(), page, confirm="1").status_code == 200
    assert frame.get(NEW_CARD, headers=IN_FRAME).status_code != 303
