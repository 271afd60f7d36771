"""Every token that opens nothing: what is told to the person, to the shell's element, and to operators."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from flask import Flask
from structlog.testing import capture_logs

from app import create_app
from app.extensions import db
from app.models import (
    Organization,
    User,
)
from app.pages.auth.shell_refusals import WORDS
from app.shell import Reason
from config import Settings
from tests.support.browsing import BrowserClient, Visitor, text_of
from tests.support.portal_shell import (
    FRAMED,
    ISSUER,
    ORIGIN,
    PortalShell,
    encoded,
    now,
    signed_by_secret,
    unsigned,
)
from tests.support.shell_frame import IN_FRAME, enter, is_in

Make = Callable[[PortalShell], str]


def on_others_key(shell: PortalShell, header: dict[str, Any] | None = None) -> str:
    """Signed by someone else's key, which the header may bring along."""
    shell.rotate(publish=False)
    return shell.token(header=header)


def with_key_inside(shell: PortalShell) -> str:
    shell.rotate(publish=False)
    return shell.token(header={"jwk": shell.key.as_dict(private=False), "kid": None})


def away(shell: PortalShell) -> str:
    shell.is_down = True
    return shell.token()


HOSTILE: dict[str, tuple[Make, Reason]] = {
    "nothing": (lambda _: "", Reason.MALFORMED),
    "a word": (lambda _: "token", Reason.MALFORMED),
    "bytes": (lambda _: "\u00e9.\u00e9.\u00e9", Reason.UNTRUSTED),
    "too long": (lambda s: s.token(name="x" * 20_000), Reason.UNTRUSTED),
    "not signed": (lambda s: unsigned(s.claims()), Reason.UNTRUSTED),
    "alg none, with a signature": (lambda s: s.token(header={"alg": "none"}), Reason.UNTRUSTED),
    "alg nOnE": (lambda s: s.token(header={"alg": "nOnE"}), Reason.UNTRUSTED),
    "the public key as a secret": (
        lambda s: signed_by_secret(s.claims(), s.key.as_pem(private=False), s.key.get("kid") or ""),
        Reason.UNTRUSTED,
    ),
    "another algorithm than the key's": (lambda s: s.token(header={"alg": "RS256"}), Reason.UNTRUSTED),
    "PS256": (lambda s: s.token(header={"alg": "PS256"}), Reason.UNTRUSTED),
    "someone else's key": (on_others_key, Reason.UNTRUSTED),
    "its own key inside": (with_key_inside, Reason.UNTRUSTED),
    "a key at an address of its own": (
        lambda s: on_others_key(s, {"jku": "http://127.0.0.1:1/keys"}),
        Reason.UNTRUSTED,
    ),
    "a certificate at an address": (
        lambda s: on_others_key(s, {"x5u": "http://127.0.0.1:1/cert"}),
        Reason.UNTRUSTED,
    ),
    "a path as the key's id": (lambda s: s.token(header={"kid": "../../../dev/null"}), Reason.UNTRUSTED),
    "SQL as the key's id": (lambda s: s.token(header={"kid": "' OR 1=1 --"}), Reason.UNTRUSTED),
    "a list as the key's id": (lambda s: s.token(header={"kid": [s.key.get("kid")]}), Reason.UNTRUSTED),
    "critical, unknown": (lambda s: s.token(header={"crit": ["x"], "x": 1}), Reason.UNTRUSTED),
    "an access token": (lambda s: s.token(header={"typ": "at+jwt"}), Reason.UNTRUSTED),
    "changed after signing": (
        lambda s: ".".join(
            [(parts := s.token().split("."))[0], encoded(s.claims(roles=["org_admin"])), parts[2]]
        ),
        Reason.UNTRUSTED,
    ),
    "another issuer": (lambda s: s.token(iss="https://evil.example"), Reason.WRONG_ISSUER),
    "the issuer with a slash": (lambda s: s.token(iss=f"{ISSUER}/"), Reason.WRONG_ISSUER),
    "no issuer": (lambda s: s.token(iss=None), Reason.WRONG_ISSUER),
    "another audience": (lambda s: s.token(aud="phone"), Reason.WRONG_AUDIENCE),
    "no audience": (lambda s: s.token(aud=None), Reason.WRONG_AUDIENCE),
    "several audiences": (lambda s: s.token(aud=["billing", "phone"]), Reason.WRONG_AUDIENCE),
    "expired": (lambda s: s.token(iat=now(-180), exp=now(-60)), Reason.EXPIRED),
    "from the future": (lambda s: s.token(iat=now(60), exp=now(120)), Reason.CLOCK_DIFFERS),
    "not yet": (lambda s: s.token(nbf=now(60)), Reason.CLOCK_DIFFERS),
    "signed in in the future": (lambda s: s.token(auth_time=now(60)), Reason.CLOCK_DIFFERS),
    "good for an hour": (lambda s: s.token(exp=now(3600)), Reason.TOO_LONG),
    "good for 121 seconds": (lambda s: s.token(iat=now(), exp=now() + 122), Reason.TOO_LONG),
    "over before it began": (lambda s: s.token(exp=now(-1), iat=now()), Reason.TOO_LONG),
    "no expiry": (lambda s: s.token(exp=None), Reason.CLAIM_MISSING),
    "an expiry as text": (lambda s: s.token(exp=str(now(60))), Reason.CLAIM_MISSING),
    "an expiry that is true": (lambda s: s.token(exp=True), Reason.CLAIM_MISSING),
    "an expiry of no size": (lambda s: s.token(exp=float("inf")), Reason.CLAIM_MISSING),
    "no time that it was made": (lambda s: s.token(iat=None), Reason.CLAIM_MISSING),
    "no id": (lambda s: s.token(jti=None), Reason.CLAIM_MISSING),
    "an empty id": (lambda s: s.token(jti=""), Reason.CLAIM_MISSING),
    "no one": (lambda s: s.token(sub=None), Reason.CLAIM_MISSING),
    "a number for a person": (lambda s: s.token(sub=7), Reason.CLAIM_MISSING),
    "a person with a NUL": (lambda s: s.token(sub="a\0b"), Reason.CLAIM_MISSING),
    "no organization": (lambda s: s.token(org=None), Reason.CLAIM_MISSING),
    "the organization by name": (lambda s: s.token(org="acme"), Reason.CLAIM_MISSING),
    "no one's organization": (lambda s: s.token(org=str(UUID(int=0))), Reason.CLAIM_MISSING),
    "the organization in braces": (lambda s: s.token(org="{" + str(uuid4()) + "}"), Reason.CLAIM_MISSING),
    "no address": (lambda s: s.token(email=None), Reason.CLAIM_MISSING),
    "an address that is none": (lambda s: s.token(email="dana"), Reason.CLAIM_MISSING),
    "no roles": (lambda s: s.token(roles=None), Reason.CLAIM_MISSING),
    "roles as text": (lambda s: s.token(roles="org_admin"), Reason.CLAIM_MISSING),
    "roles that aren't text": (lambda s: s.token(roles=[{"role": "org_admin"}]), Reason.CLAIM_MISSING),
    "an unknown role": (lambda s: s.token(roles=["superuser"]), Reason.UNKNOWN_ROLE),
    "no role at all": (lambda s: s.token(roles=[]), Reason.UNKNOWN_ROLE),
    "the keys away": (away, Reason.KEYS_UNAVAILABLE),
}

"""Tokens that open nothing, and why."""


@pytest.mark.one_of_each(by=lambda name: HOSTILE[name][1])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_token_that_opens_nothing_is_told_to_the_person_the_shell_and_operators(
    frame: Visitor, shell: PortalShell, name: str
) -> None:
    make, reason = HOSTILE[name]
    token = make(shell)
    with capture_logs() as logs:
        answer = enter(frame, token)
    words = WORDS[reason]
    assert answer.status_code == words.status
    assert f'data-sign-in-refused="{reason.value}"' in answer.text
    assert words.message in text_of(answer)
    assert words.next_step in text_of(answer)
    [line] = [line for line in logs if line["event"] == "shell_sign_in_refused"]
    assert line["reason"] == reason.value
    assert len(token) < 10 or token not in str(logs) + answer.text
    assert "dana@acme.example" not in str(logs)
    assert not is_in(frame)
    assert db.session.scalars(db.select(User)).all() == []
    assert db.session.scalars(db.select(Organization)).all() == []


def test_every_reason_is_in_words_and_has_a_token_here() -> None:
    assert set(WORDS) == set(Reason)
    elsewhere = {
        Reason.NOT_SET_UP,
        Reason.REPLAYED,
        Reason.ADDRESS_TAKEN,
        Reason.CONNECT_FIRST,
        Reason.OTHER_SESSION,
        Reason.TOO_OFTEN,
        Reason.BUSY,
    }
    assert {reason for _, reason in HOSTILE.values()} == set(Reason) - elsewhere


def test_without_a_trusted_shell_no_token_is_read(settings: Settings, app: Flask, shell: PortalShell) -> None:
    alone = create_app(replace(settings, shell=None, shell_origins=(ORIGIN,)))
    alone.test_client_class = BrowserClient
    answer = enter(Visitor(alone.test_client()), shell.token())
    assert (answer.status_code, shell.asked) == (404, 0)


@pytest.mark.parametrize(
    ("said", "status", "title"),
    [
        ("", 401, "Your session has ended"),
        ("401", 401, "Your session has ended"),
        ("200", 503, "Back in a moment"),
        ("403", 503, "Back in a moment"),
        ("500", 503, "Back in a moment"),
        ("0", 503, "Back in a moment"),
        ("<script>", 503, "Back in a moment"),
    ],
)
def test_where_the_shell_has_no_token_the_frame_says_so_also_to_someone_signed_in(
    frame: Visitor, shell: PortalShell, said: str, status: int, title: str
) -> None:
    enter(frame, shell.token())
    with capture_logs() as logs:
        query = {"without-token": said, "path": "/billing/wallet"}
        page = frame.get(f"/auth/shell?{urlencode(query)}", headers=IN_FRAME)
    assert page.status_code == status
    assert f"<h1>{title}" in re.sub(r"<h1[^>]*>", "<h1>", page.text)
    assert 'data-continues="/billing/wallet"' in page.text
    assert ("shell_gave_no_token", said or None) in [(line["event"], line.get("status")) for line in logs]


def test_the_body_is_limited(frame: Visitor) -> None:
    answer = frame.client.post("/auth/shell", data={"token": "x" * 300_000}, headers=FRAMED)
    assert answer.status_code == 413
    assert re.search("Too large", answer.text)
