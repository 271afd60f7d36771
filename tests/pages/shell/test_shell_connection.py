"""Someone with an account of their own connects it with who they are in the shell."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from joserfc.jwk import OKPKey
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import ExternalIdentity, Membership, Organization, Role, User
from app.pages.auth import shell_connection
from app.shell import trusted as trusted_shell
from config import Settings
from tests.factories import PASSWORD, a_person, an_organization
from tests.support.browsing import Visitor, text_of
from tests.support.confirming import minutes_pass
from tests.support.portal_shell import FRAMED, ORIGIN, PortalShell

WINDOW = FRAMED | {"Sec-Fetch-Dest": "document"}
CONNECT = "/account/shell/connect"
DANA = "dana@acme.example"


@pytest.fixture
def window(app: Flask) -> Visitor:
    return Visitor(app.test_client())


@pytest.fixture
def dana(app: Flask, shell: PortalShell) -> User:
    """An owner with a password. The shell's token names her organization, too."""
    person = a_person(DANA, organization=(organization := an_organization("Acme")))
    shell.org_id = str(organization.id)
    return person


def post(visitor: Visitor, token: str, headers: dict[str, str]) -> TestResponse:
    return visitor.client.post(
        "/auth/shell", data={"token": token, "path": "/billing/wallet"}, headers=headers
    )


def connected(shell: PortalShell) -> bool:
    db.session.expire_all()
    return db.session.scalar(db.select(ExternalIdentity)) is not None


def connect(visitor: Visitor) -> TestResponse:
    visitor.post("/confirm", {"method": "password", "password": PASSWORD})
    return visitor.post(CONNECT, {})


def test_the_frame_says_so_and_leads_to_a_window(window: Visitor, shell: PortalShell, dana: User) -> None:
    said = post(window, shell.token(), FRAMED)
    assert said.status_code == 409
    assert f'data-open-in-window="{CONNECT}"' in said.text
    assert shell_connection.COOKIE not in str(said.headers.getlist("Set-Cookie"))


@pytest.mark.long
def test_from_the_window_to_the_frame_that_opens(
    app: Flask, window: Visitor, shell: PortalShell, dana: User
) -> None:
    begun = post(window, shell.token(), WINDOW)
    assert (begun.status_code, begun.location) == (303, CONNECT)
    asked = window.get(CONNECT)
    assert asked.location.startswith("/sign-in?next=")
    assert window.sign_in(DANA).status_code == 302
    assert "billing of Acme" in text_of(window.get(CONNECT))
    assert not connected(shell)
    done = connect(window)
    assert done.status_code == 200
    assert f'href="{ORIGIN}/"' in done.text
    assert 'href="/billing/wallet"' in done.text
    frame = Visitor(app.test_client())
    assert post(frame, shell.token(), FRAMED).status_code == 303
    assert frame.get("/billing", headers={"Sec-Fetch-Dest": "iframe"}).status_code == 200
    role = db.session.get(Membership, (db.session.scalar(db.select(Organization.id)), dana.id))
    assert role is not None and role.role is Role.ORG_ADMIN and role.identity_id is None, (
        "a role given here stays"
    )


def test_what_waits_leaves_the_session_of_the_window_as_it_is(
    window: Visitor, shell: PortalShell, dana: User
) -> None:
    """A form from another site brings no session, and must not end one."""
    begun = post(window, shell.token(), WINDOW)
    assert [one.split("=")[0] for one in begun.headers.getlist("Set-Cookie")] == [shell_connection.COOKIE]


def test_only_the_account_of_the_address_is_connected(
    window: Visitor, shell: PortalShell, dana: User
) -> None:
    other = a_person("kim@acme.example", organization=an_organization())
    post(window, shell.token(), WINDOW)
    window.sign_in(other.email)
    assert "Sign in as dana@acme.example" in text_of(window.get(CONNECT))
    refused = connect(window)
    assert refused.status_code == 422
    assert not connected(shell)


def test_connecting_asks_who_it_is(window: Visitor, shell: PortalShell, dana: User) -> None:
    window.sign_in(DANA)
    minutes_pass()
    post(window, shell.token(), WINDOW)
    assert window.post(CONNECT, {}).status_code == 403
    assert not connected(shell)


@pytest.mark.parametrize("cookie", ["", "nonsense", "e30.aaaa.bbbb"])
def test_without_what_waits_nothing_is_connected(
    window: Visitor, shell: PortalShell, dana: User, cookie: str
) -> None:
    window.sign_in(DANA)
    window.client.set_cookie(shell_connection.COOKIE, cookie)
    assert "nothing to connect" in text_of(window.get(CONNECT))
    assert connect(window).status_code == 422
    assert not connected(shell)


@pytest.mark.long
def test_what_waits_is_worth_nothing_once_its_key_is_withdrawn(
    window: Visitor, shell: PortalShell, dana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anyone who has the key could have signed it; another key may have the same id."""
    window.sign_in(DANA)
    post(window, shell.token(), WINDOW)
    key_id = shell.key.get("kid")
    shell.key = OKPKey.generate_key("Ed25519", {"use": "sig", "kid": str(key_id)})
    shell.published = [shell.key]
    with capture_logs() as logs:
        refused = connect(window)
    assert refused.status_code == 422
    assert "nothing to connect" in text_of(refused)
    assert "shell_connection_refused" in [line["event"] for line in logs]
    assert not connected(shell)


def test_what_waits_is_worth_nothing_while_no_one_knows_whether_its_key_is_withdrawn(
    window: Visitor, shell: PortalShell, dana: User
) -> None:
    """The shell hasn't answered since we were started."""
    window.sign_in(DANA)
    post(window, shell.token(), WINDOW)
    trusted_shell.set_up(shell.settings())
    shell.is_down = True
    assert connect(window).status_code == 422
    assert not connected(shell)
    shell.is_down = False


def test_it_waits_only_so_long(
    window: Visitor, shell: PortalShell, dana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.sign_in(DANA)
    post(window, shell.token(), WINDOW)
    monkeypatch.setattr(shell_connection, "VALID_FOR", timedelta(seconds=-1))
    assert connect(window).status_code == 422
    assert not connected(shell)


def test_only_pages_of_the_shell_can_let_something_wait(
    window: Visitor, shell: PortalShell, dana: User
) -> None:
    refused = post(window, shell.token(), WINDOW | {"Origin": "https://evil.example"})
    assert refused.status_code == 403
    assert shell_connection.COOKIE not in str(refused.headers.getlist("Set-Cookie"))


def test_an_account_that_is_someone_elses_there_is_not_opened(
    window: Visitor, shell: PortalShell, dana: User
) -> None:
    window.sign_in(DANA)
    post(window, shell.token(), WINDOW)
    assert connect(window).status_code == 200
    taken = post(window, shell.token(sub="another"), WINDOW)
    assert taken.status_code == 409
    assert 'data-sign-in-refused="address_taken"' in taken.text


def test_it_is_disconnected_on_the_account_page(window: Visitor, shell: PortalShell, dana: User) -> None:
    window.sign_in(DANA)
    post(window, shell.token(), WINDOW)
    connect(window)
    assert "Disconnect Voice Portal" in text_of(window.get("/account"))
    assert window.post("/account/shell/disconnect", {}).location == "/account"
    assert not connected(shell)
    assert "Disconnect Voice Portal" not in text_of(window.get("/account"))
    assert post(window, shell.token(), FRAMED).status_code == 409


@pytest.mark.long
def test_what_waits_gives_no_role_that_the_shell_has_taken_away_since(
    app: Flask, window: Visitor, shell: PortalShell, dana: User
) -> None:
    """It waits for minutes, and can be kept and sent again: only a token of now says what someone may do."""
    shell.org_id = str(uuid4())
    window.sign_in(DANA)
    post(window, shell.token(), WINDOW)
    kept = window.client.get_cookie(shell_connection.COOKIE)
    assert kept is not None
    assert connect(window).status_code == 200
    frame = Visitor(app.test_client())
    assert post(frame, shell.token(), FRAMED).status_code == 303
    assert post(frame, shell.token(roles=[]), FRAMED).status_code == 403
    window.client.set_cookie(shell_connection.COOKIE, kept.value)
    connect(window)
    db.session.expire_all()
    assert db.session.get(Membership, (UUID(shell.org_id), dana.id)) is None


@pytest.mark.long
def test_what_waits_is_the_word_of_the_shell_that_is_trusted_now(
    settings: Settings, window: Visitor, shell: PortalShell, dana: User
) -> None:
    """Another shell's people may have the same ids."""
    window.sign_in(DANA)
    post(window, shell.token(), WINDOW)
    trusted_shell.set_up(replace(shell.settings(), issuer="https://other.example"))
    assert "nothing to connect" in text_of(window.get(CONNECT))
    assert connect(window).status_code == 422
    assert not connected(shell)


@pytest.mark.long
def test_only_a_window_lets_something_wait(window: Visitor, shell: PortalShell, dana: User) -> None:
    """A page in the frame that renews its session reads an answer, and doesn't follow it into a window's pages."""
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "empty"}
    for headers in (own, {"Origin": "http://localhost"}):
        page = window.token()
        data = {"token": shell.token(), "renew": "1", "page": page}
        said = window.client.post("/auth/shell", data=data, headers=headers)
        assert (said.status_code, said.json["reason"]) == (409, "connect_first")
        assert shell_connection.COOKIE not in str(said.headers.getlist("Set-Cookie"))
