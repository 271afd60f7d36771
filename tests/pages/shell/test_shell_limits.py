"""Too many tokens, a database that is busy, and no thread: each is told, logged, and over by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import SignInSession
from app.pages.auth import shell_limits
from app.web.pools import REFUSED
from tests.support.browsing import Visitor, text_of
from tests.support.database import superuser
from tests.support.portal_shell import FRAMED, PortalShell
from tests.support.shell_frame import FROM_FRAME, enter, is_in, renew
from tests.support.waiting import wait_until

FORGED = "a.b.c"


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell_limits, "PER_NETWORK", 3)
    monkeypatch.setattr(shell_limits, "PER_PERSON", 3)


def post(app: Flask, token: str, address: str = "192.0.2.1") -> TestResponse:
    """From a browser that has no session yet."""
    return app.test_client().post(
        "/auth/shell", data={"token": token}, headers=FRAMED, environ_overrides={"REMOTE_ADDR": address}
    )


def test_tokens_that_the_shell_did_not_sign_are_counted_by_where_they_come_from(
    app: Flask, shell: PortalShell
) -> None:
    for _ in range(3):
        assert post(app, FORGED).status_code == 403
    with capture_logs() as logs:
        refused = post(app, FORGED)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert 'data-sign-in-refused="too_often"' in refused.text
    assert "Wait a minute and try again." in text_of(refused)
    [line] = [line for line in logs if line["event"] == "shell_sign_in_refused"]
    assert line["reason"] == "too_often"
    assert line["address"] == "192.0.2.1"
    assert post(app, FORGED, "192.0.2.2").status_code == 403


def test_an_ipv6_network_is_one_place(app: Flask, shell: PortalShell) -> None:
    answers = [post(app, FORGED, f"2001:db8::{host}").status_code for host in range(1, 5)]
    assert answers == [403, 403, 403, 429]


@pytest.mark.long
def test_an_office_behind_one_address_signs_in_as_often_as_it_has_people(
    app: Flask, shell: PortalShell
) -> None:
    for number in range(8):
        token = shell.token(sub=f"person-{number}", email=f"{number}@acme.example")
        assert post(app, token).status_code == 303


def test_what_the_shell_signed_and_we_refuse_does_not_count_for_the_office(
    app: Flask, shell: PortalShell
) -> None:
    for number in range(5):
        assert post(app, shell.token(aud="phone")).status_code == 403
        assert post(app, shell.token(sub=f"p{number}", roles=["guest"])).status_code == 403
    shell.is_down = True
    assert post(app, shell.token(header={"kid": "new"})).status_code == 503
    shell.is_down = False
    assert post(app, shell.token()).status_code == 303


def test_one_persons_tokens_are_counted_wherever_they_come_from(app: Flask, shell: PortalShell) -> None:
    answers = [post(app, shell.token(), f"192.0.2.{number}").status_code for number in range(1, 6)]
    assert answers == [303, 303, 303, 429, 429]
    other = shell.token(sub="person-2", email="kim@acme.example")
    assert post(app, other).status_code == 303


@pytest.mark.long
def test_a_token_that_came_too_often_is_not_used_up_and_the_session_stays(
    app: Flask, frame: Visitor, shell: PortalShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(frame, shell.token())
    renew(frame, shell.token())
    renew(frame, shell.token())
    token = shell.token()
    refused = renew(frame, token)
    assert (refused.status_code, refused.json["reason"], refused.json["again"]) == (429, "too_often", True)
    assert 0 < refused.json["after"] <= 60
    assert is_in(frame)
    monkeypatch.setattr(shell_limits, "PER_PERSON", 4)
    assert renew(frame, token).status_code == 200


_WAITING = text(
    "SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@contextmanager
def organization_locked(shell: PortalShell, *, until: Callable[[Connection], None]) -> Iterator[None]:
    """Another program has the organization, until it lets go."""
    with superuser().connect() as connection, superuser().connect() as watching:
        connection.execute(text("SELECT 1 FROM organization WHERE id = :id FOR UPDATE"), {"id": shell.org_id})

        def let_go() -> None:
            until(watching)
            connection.rollback()

        thread = Thread(target=let_go)
        thread.start()
        yield
        thread.join()


def second_try_waits(connection: Connection) -> None:
    """A transaction waits for a lock, and then one that began later."""
    tries: set[object] = set()

    def found() -> bool:
        tries.update({connection.scalar(_WAITING)} - {None})
        connection.rollback()
        return len(tries) == 2

    wait_until(found, "There was no second try.")


@pytest.mark.long
def test_a_lock_that_is_given_late_signs_in_all_the_same(
    app: Flask, frame: Visitor, shell: PortalShell
) -> None:
    """The first try waits in vain; the token is used up by then, and another may be as late."""
    enter(frame, shell.token())
    with organization_locked(shell, until=second_try_waits):
        assert post(app, shell.token()).status_code == 303


@pytest.mark.long
@pytest.mark.one_of_each(by=lambda: "any")
@pytest.mark.parametrize("renews", [False, True])
def test_a_lock_that_is_not_given_is_told_and_logged_and_another_token_is_asked_for(
    app: Flask, frame: Visitor, shell: PortalShell, renews: bool
) -> None:
    enter(frame, shell.token())
    with superuser().connect() as connection:
        connection.execute(text("SELECT 1 FROM organization WHERE id = :id FOR UPDATE"), {"id": shell.org_id})
        with capture_logs() as logs:
            answer = renew(frame, shell.token()) if renews else post(app, shell.token())
        connection.rollback()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    [line] = [line for line in logs if line["event"] == "shell_sign_in_refused"]
    assert line["reason"] == "busy"
    assert "lock timeout" in line["detail"]
    if renews:
        assert (answer.json["reason"], answer.json["again"], answer.json["after"]) == ("busy", True, 5)
    else:
        assert 'data-sign-in-refused="busy" data-fetch-again="5"' in answer.text
        assert "Try again in a few seconds." in text_of(answer)
    assert len(db.session.scalars(db.select(SignInSession)).all()) == 1
    assert is_in(frame)


def test_without_a_thread_it_is_told_in_the_same_way(app: Flask, shell: PortalShell) -> None:
    with capture_logs() as logs:
        page = app.test_client().post(
            "/auth/shell", data={"token": shell.token()}, headers=FRAMED, environ_overrides={REFUSED: 503}
        )
        said = app.test_client().post(
            "/auth/shell",
            data={"token": shell.token(), "renew": "1"},
            headers=FROM_FRAME,
            environ_overrides={REFUSED: 503},
        )
    assert 'data-sign-in-refused="busy"' in page.text
    assert (page.status_code, said.status_code, said.json["reason"]) == (503, 503, "busy")
    assert [line["detail"] for line in logs if line["event"] == "shell_sign_in_refused"] == [
        "no thread was free"
    ] * 2


def test_without_a_database_as_well(
    app: Flask, frame: Visitor, shell: PortalShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("the server closed the connection"))

    monkeypatch.setattr("app.web.rate_limits.take", fail)
    answer = enter(frame, shell.token())
    assert answer.status_code == 503
    assert 'data-sign-in-refused="busy"' in answer.text
