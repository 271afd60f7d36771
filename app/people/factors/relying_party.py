"""Who asks for passkeys: this site, by its public address.

A passkey belongs to the host of that address, and only a page of its origin may use it. The shell's origins are not
ours: a page of theirs that shows ours in a frame gets none (https://www.w3.org/TR/webauthn-3/#sctn-validating-origin).
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from app.per_application import PerApplication

NAME = "Voice Portal"


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The id that passkeys are made for, and the origin of the pages that may use them."""

    id: str
    origin: str


def of(public_url: str) -> RelyingParty:
    """The relying party of a public address."""
    parts = urlsplit(public_url)
    return RelyingParty(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


_current = PerApplication[RelyingParty]("relying_party")


def set_up(public_url: str) -> None:
    """The public address of the running application."""
    _current.set(of(public_url))


def current() -> RelyingParty:
    """The running application's relying party."""
    return _current.get()
