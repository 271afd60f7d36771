"""How many tokens of the shell are read: so that no one keeps the few threads that read them busy, or the database.

They are counted as attempts are (`app.web.attempts`), in one statement before anything is read, and given back where
the shell had signed the token: everyone in an office comes from one address. What it signed counts for its person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

from app import networks
from app.shell import Reason, ShellSignInError, ShellToken
from app.web import rate_limits

WINDOW = timedelta(minutes=1)
PER_NETWORK = 60
"""Tokens that the shell never signed, from an address."""
PER_PERSON = 120
"""More than someone opens pages: each one of the shell's that shows billing, or a part of it, brings a token."""
_FORGED = frozenset({Reason.MALFORMED, Reason.UNTRUSTED})


def read(address: str | None, token: Callable[[], ShellToken]) -> ShellToken:
    """A token, unless there were too many: by where it comes from, and then by whom it is of. Raises
    `ShellSignInError`."""
    network = f"shell:network:{networks.network_of(address)}"
    _take(network, PER_NETWORK, "of tokens that the shell didn't sign, from the address")
    try:
        found = token()
    except ShellSignInError as error:
        if error.reason not in _FORGED:
            rate_limits.give_back(network)
        raise
    rate_limits.give_back(network)
    _take(_person(found), PER_PERSON, "of the person's tokens")
    return found


def _take(key: str, most: int, what: str) -> None:
    if rate_limits.take(key, most, WINDOW) is None:
        seconds = rate_limits.seconds_left(key)
        raise ShellSignInError(Reason.TOO_OFTEN, f"more than {most} {what} in a minute", again_after=seconds)


def _person(token: ShellToken) -> str:
    digest = hashlib.sha256(f"{token.issuer}\n{token.subject}".encode()).hexdigest()
    return f"shell:person:{digest}"
