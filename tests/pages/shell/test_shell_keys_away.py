"""Whatever is at the address of the shell's keys: no one is signed in by it, and who was known before still is."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, Response, jsonify, redirect
from structlog.testing import capture_logs

from app.shell import trusted as trusted_shell
from tests.support.browsing import Visitor, text_of
from tests.support.portal_shell import PortalShell
from tests.support.serving import serving
from tests.support.shell_frame import enter, is_in

Answer = Callable[[PortalShell], Response]


def the_right_ones(shell: PortalShell) -> dict[str, object]:
    return {"keys": [key.as_dict(private=False) for key in shell.published]}


def huge(shell: PortalShell) -> Response:
    return jsonify(the_right_ones(shell) | {"padding": "x" * 300_000})


def byte_by_byte(shell: PortalShell) -> Response:
    """For longer than anyone waits."""

    def drip() -> Iterator[bytes]:
        for byte in json.dumps(the_right_ones(shell)).encode():
            yield bytes([byte])
            time.sleep(0.2)

    return Response(drip(), content_type="application/json")


def half(shell: PortalShell) -> Response:
    text = json.dumps(the_right_ones(shell))
    return Response(text[: len(text) // 2], content_type="application/json")


AWAY: dict[str, Answer] = {
    "huge": huge,
    "byte by byte": byte_by_byte,
    "half of it": half,
    "a page": lambda _: Response("<h1>Keys</h1>"),
    "a failure": lambda shell: Response(json.dumps(the_right_ones(shell)), 500),
    "a list": lambda shell: jsonify(the_right_ones(shell)["keys"]),
    "keys that are no list": lambda _: jsonify(keys={"kid": "1"}),
    "something deep": lambda _: Response('{"keys":' + "[" * 50_000 + "]" * 50_000 + "}"),
}
"""Answers that are none."""


def nothing_fits(shell: PortalShell) -> list[object]:
    """Sets of keys by which the token isn't signed."""
    right = shell.key.as_dict(private=False)
    return [
        [],
        [None, 7, "key", {}],
        [{"kty": "oct", "k": "c2VjcmV0", "kid": right["kid"]}],
        [{**right, "use": "enc"}],
        [{**right, "kid": "another"}],
        [right, right],
        [{**right, "x": "AA"}],
    ]


@pytest.mark.long
@pytest.mark.one_of_each(by=lambda: "any")
@pytest.mark.parametrize("name", AWAY)
def test_an_answer_that_is_none_is_told_and_logged_and_known_keys_serve_on(
    app: Flask, frame: Visitor, shell: PortalShell, name: str
) -> None:
    shell.answers = lambda: AWAY[name](shell)
    with capture_logs() as logs:
        refused = enter(frame, shell.token())
    assert refused.status_code == 503
    assert 'data-sign-in-refused="keys_unavailable" data-fetch-again="5"' in refused.text
    assert "Try again in a few seconds." in text_of(refused)
    [line] = [line for line in logs if line["event"] == "shell_keys_unavailable"]
    assert (line["log_level"], line["has_old_ones"]) == ("warning", False)
    assert line["error"].startswith(f"{shell.url}/keys")
    assert not is_in(frame)
    # Once they were there, no one notices.
    shell.answers = None
    trusted_shell.set_up(shell.settings())
    enter(frame, shell.token())
    assert is_in(frame)
    shell.answers = lambda: AWAY[name](shell)
    enter(frame, shell.token(sub="person-2", email="kim@acme.example"))
    assert is_in(frame)
    assert enter(frame, shell.token(header={"kid": "unknown"})).status_code == 503


def test_no_one_follows_to_another_address(frame: Visitor, shell: PortalShell) -> None:
    """Which may be inside our network."""
    elsewhere, asked = Flask("elsewhere"), []

    @elsewhere.get("/keys")
    def keys() -> Response:
        asked.append(1)
        return jsonify(the_right_ones(shell))

    with serving(elsewhere) as url:
        for status in (301, 302, 303, 307, 308):
            shell.answers = lambda status=status: redirect(f"{url}/keys", status)
            trusted_shell.set_up(shell.settings())
            assert enter(frame, shell.token()).status_code == 503
    assert asked == []


@pytest.mark.long
@pytest.mark.one_of_each(by=lambda: "any")
@pytest.mark.parametrize("number", range(7))
def test_a_set_without_the_key_verifies_nothing(frame: Visitor, shell: PortalShell, number: int) -> None:
    shell.answers = lambda: jsonify(keys=nothing_fits(shell)[number])
    refused = enter(frame, shell.token())
    assert (refused.status_code, 'data-sign-in-refused="untrusted"' in refused.text) == (403, True)
    assert not is_in(frame)
