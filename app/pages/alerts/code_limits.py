"""How often codes are sent to phones: each is a message to someone who may not want it, and costs money."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from app.language import marked, translated
from app.web import rate_limits

AGAIN_AFTER = timedelta(seconds=30)
"""Before another code goes to the same number."""
A_DAY = timedelta(days=1)
MOST_TO_A_NUMBER = 5
"""In 24 hours, whatever organization asks."""
MOST_OF_AN_ORGANIZATION = 20
"""In 24 hours, to all numbers together."""


class TooManyCodesError(Exception):
    """No code can be sent now; the message says when."""


def take(org_id: UUID, number: str) -> list[str]:
    """Count a code before it is sent, in transactions of their own; returns what `give_back` takes where it wasn't.

    Raises `TooManyCodesError`, and nothing is counted then.
    """
    name = sha256(number.encode()).hexdigest()[:32]
    taken: list[str] = []
    for key, most, window, message in (
        (
            f"phone-code:{name}:now",
            1,
            AGAIN_AFTER,
            marked("A code was just sent. Wait %(seconds)s seconds before you ask for another."),
        ),
        (
            f"phone-code:{name}:day",
            MOST_TO_A_NUMBER,
            A_DAY,
            marked("Too many codes were sent to this number. Try again tomorrow."),
        ),
        (
            f"phone-code:{org_id}:day",
            MOST_OF_AN_ORGANIZATION,
            A_DAY,
            marked("Too many codes were sent today. Try again tomorrow."),
        ),
    ):
        if rate_limits.take(key, most, window) is None:
            give_back(taken)
            seconds = max(rate_limits.seconds_left(key), 1)
            raise TooManyCodesError(translated(message) % {"seconds": seconds})
        taken.append(key)
    return taken


def give_back(taken: list[str]) -> None:
    """Count it nowhere: the gateway didn't take it."""
    for key in taken:
        rate_limits.give_back(key)
