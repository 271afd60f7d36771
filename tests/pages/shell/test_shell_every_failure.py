"""A table of everything that keeps someone from being signed in: what the person reads, the element gets, and operators find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from app import create_app
from app.pages.auth import shell_limits
from app.pages.auth.shell_refusals import WORDS
from app.shell import Reason
from app.web.pools import REFUSED
from config import ROOT, Settings
from tests.factories import a_person, an_organization
from tests.support.browsing import BrowserClient, Visitor, text_of
from tests.support.portal_shell import FRAMED, ORIGIN, PortalShell, now
from tests.support.shell_frame import FROM_FRAME


@dataclass
class Try:
    """A browser with a page that the shell's person has open, and what is posted next."""

    app: Flask
    settings: Settings
    shell: PortalShell
    frame: Visitor
    monkeypatch: pytest.MonkeyPatch
    environ: dict[str, Any]

    def begin(self, token: str, headers: dict[str, str] | None = None, **fields: str) -> TestResponse:
        """Post a token."""
        data = {"token": token} | fields
        return self.frame.client.post(
            "/auth/shell", data=data, headers=headers or FRAMED, environ_overrides=self.environ
        )


def plain(**claims: Any) -> Callable[[Try], str]:
    return lambda one: one.shell.token(**claims)


def used(one: Try) -> str:
    token = one.shell.token()
    Visitor(one.app.test_client()).client.post("/auth/shell", data={"token": token}, headers=FRAMED)
    return token


def unsigned(one: Try) -> str:
    one.shell.rotate(publish=False)
    return one.shell.token()


def without_keys(one: Try) -> str:
    one.shell.is_down = True
    one.shell.rotate()
    return one.shell.token()


def not_set_up(one: Try) -> str:
    alone = create_app(replace(one.settings, shell=None, shell_origins=(ORIGIN,)))
    alone.test_client_class = BrowserClient
    one.frame = Visitor(alone.test_client())
    return one.shell.token()


def anothers_address(one: Try) -> str:
    one.frame.client.post("/auth/shell", data={"token": one.shell.token()}, headers=FRAMED)
    return one.shell.token(sub="someone-else")


def own_account(one: Try) -> str:
    a_person("kim@acme.example", organization=an_organization())
    return one.shell.token(sub="kim", email="kim@acme.example")


def too_often(one: Try) -> str:
    one.begin(one.shell.token())
    one.monkeypatch.setattr(shell_limits, "PER_PERSON", 1)
    return one.shell.token()


def no_thread(one: Try) -> str:
    one.environ = {REFUSED: 503}
    return one.shell.token()


FAILURES: dict[Reason, Callable[[Try], str]] = {
    Reason.NOT_SET_UP: not_set_up,
    Reason.MALFORMED: lambda _: "token",
    Reason.UNTRUSTED: unsigned,
    Reason.WRONG_ISSUER: plain(iss="https://evil.example"),
    Reason.WRONG_AUDIENCE: plain(aud="phone"),
    Reason.EXPIRED: plain(iat=now(-900), exp=now(-800)),
    Reason.CLOCK_DIFFERS: lambda one: one.shell.token(iat=now(900), exp=now(960)),
    Reason.TOO_LONG: lambda one: one.shell.token(exp=now(3600)),
    Reason.CLAIM_MISSING: plain(sub=None),
    Reason.REPLAYED: used,
    Reason.KEYS_UNAVAILABLE: without_keys,
    Reason.UNKNOWN_ROLE: plain(roles=["guest"]),
    Reason.ADDRESS_TAKEN: anothers_address,
    Reason.CONNECT_FIRST: own_account,
    Reason.TOO_OFTEN: too_often,
    Reason.BUSY: no_thread,
}
"""But for a page of someone else's, which only a renewal can be for (below)."""


@pytest.fixture
def one(
    app: Flask, settings: Settings, shell: PortalShell, frame: Visitor, monkeypatch: pytest.MonkeyPatch
) -> Try:
    return Try(app, settings, shell, frame, monkeypatch, {})


def check_log(logs: list[Any], reason: Reason, token: str) -> None:
    [line] = [line for line in logs if line["event"] == "shell_sign_in_refused"]
    assert (line["reason"], line["log_level"]) == (reason.value, "warning")
    assert line["detail"], "says what is wrong with this one"
    assert line["address"] == "127.0.0.1"
    assert len(token) < 10 or token not in str(logs)
    assert "@acme.example" not in str(logs)


def test_the_table_has_every_reason() -> None:
    assert {*FAILURES, Reason.OTHER_SESSION} == set(Reason) == set(WORDS)


@pytest.mark.parametrize("reason", FAILURES, ids=lambda reason: reason.value)
def test_the_person_reads_what_happened_and_what_to_do(one: Try, reason: Reason) -> None:
    token = FAILURES[reason](one)
    with capture_logs() as logs:
        page = one.begin(token, path="/billing/wallet")
    words = WORDS[reason]
    assert page.status_code == words.status
    for text in (words.title, words.message, words.next_step):
        assert text in text_of(page)
    assert f'data-sign-in-refused="{reason.value}"' in page.text
    assert ("data-sign-in-again" in page.text) is words.fetch_again
    assert "mailto:" in page.text
    check_log(logs, reason, token)


@pytest.mark.one_of_each(by=lambda: "any")
@pytest.mark.parametrize("reason", FAILURES, ids=lambda reason: reason.value)
def test_the_element_gets_the_same_where_a_page_is_open(one: Try, reason: Reason) -> None:
    token = FAILURES[reason](one)
    page = one.frame.token() if reason is not Reason.NOT_SET_UP else ""
    with capture_logs() as logs:
        said = one.begin(token, FROM_FRAME, renew="1", page=page)
    words = WORDS[reason]
    assert (said.status_code, said.json["reason"], said.json["again"]) == (
        words.status,
        reason.value,
        words.fetch_again,
    )
    assert said.json["message"] == f"{words.message} {words.next_step}"
    check_log(logs, reason, token)


def test_a_page_of_someone_else_says_so(one: Try) -> None:
    one.begin(one.shell.token())
    page = one.frame.token()
    other = one.shell.token(sub="person-2", email="kim@acme.example", name="Kim")
    with capture_logs() as logs:
        said = one.begin(other, FROM_FRAME, renew="1", page=page)
    assert (said.status_code, said.json["reason"], said.json["again"]) == (409, "other_session", True)
    check_log(logs, Reason.OTHER_SESSION, other)


@pytest.mark.parametrize("document", ["embedding.md", "operations.md"])
def test_integrators_and_operators_find_every_reason(document: str) -> None:
    rows = [
        line.split("|")[1]
        for line in (ROOT / "docs" / document).read_text().splitlines()
        if line.startswith("| `")
    ]
    named = " ".join(rows)
    assert [reason.value for reason in Reason if f"`{reason.value}`" not in named] == []
