"""What a browser answers when it is asked for a passkey, as JSON: read with care, because anyone can send it.

https://www.w3.org/TR/webauthn-3/#dictdef-registrationresponsejson and `AuthenticationResponseJSON` beside it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from webauthn import base64url_to_bytes

from app.language import gettext
from app.people.organizations import PeopleError

T = TypeVar("T")

_LONGEST = 64 * 1024


class PasskeyError(PeopleError):
    """A passkey was refused; the message says what to do, the cause why."""


class OverError(PasskeyError):
    """The challenge was used, is too old, or is another browser's."""

    def __init__(self) -> None:
        super().__init__(gettext("That took too long, or was already sent. Try again."))


class RefusedError(PasskeyError):
    """The answer isn't right."""

    def __init__(self) -> None:
        super().__init__(gettext("This passkey couldn't be used here. Try again, or use something else."))


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its content for the library, and what has to be looked up before it can be verified."""

    content: dict[str, Any]
    challenge: bytes
    credential_id: bytes
    user_handle: bytes | None
    transports: tuple[str, ...]


def read(text: str) -> Answer:
    """Read an answer. Raises `RefusedError` if it isn't one, or comes from a frame in someone else's page."""
    try:
        if len(text) > _LONGEST:
            raise ValueError("too long")
        content = json.loads(text)
        response = content["response"]
        client = json.loads(base64url_to_bytes(response["clientDataJSON"]))
        if client.get("crossOrigin") or "topOrigin" in client:
            # The library doesn't look at this: https://www.w3.org/TR/webauthn-3/#dom-collectedclientdata-crossorigin.
            raise ValueError("in a frame of another origin")
        handle = response.get("userHandle")
        return Answer(
            content,
            base64url_to_bytes(client["challenge"]),
            base64url_to_bytes(content["rawId"]),
            base64url_to_bytes(handle) if handle else None,
            tuple(one for one in response.get("transports") or () if isinstance(one, str))[:8],
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RefusedError from error
