"""The proof of having waited: a signed cookie that is good for one attempt, some seconds after it was given.

Where a stranger in the same network has used up all attempts, the owner with the right password waits seconds.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, after_this_request
from itsdangerous import BadData

from app import signing
from app.clock import clock
from app.web import cookies, rate_limits

WAIT = timedelta(seconds=10)
"""How old a ticket has to be."""
VALID_FOR = timedelta(minutes=10)

COOKIE = "attempt_ticket"
_SALT = "attempt-ticket"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket for attempts at one thing, `subject`."""

    subject: str
    id: str
    given_at: datetime

    @property
    def seconds_left(self) -> int:
        """How long to wait until it is good for an attempt; 0 or less if it is."""
        return -int((clock.about_now() - self.given_at - WAIT).total_seconds() // 1)

    def use(self) -> bool:
        """Use it up; False if it was used before, also by a request at the same moment."""
        return rate_limits.take(f"ticket:{self.id}", 1, VALID_FOR) is not None

    @property
    def text(self) -> str:
        """What the cookie holds."""
        return str(signing.serializer(_SALT).dumps([self.subject, self.id, self.given_at.timestamp()]))


def fresh(subject: str, *, at: datetime | None = None) -> Ticket:
    """A new ticket, given at `at`, or now."""
    return Ticket(subject, secrets.token_hex(12), at or clock.about_now())


def of_request(subject: str) -> Ticket | None:
    """The ticket that this browser sent, if it is for `subject` and not too old."""
    try:
        for_, id_, given = signing.serializer(_SALT).loads(cookies.read(COOKIE))
    except (BadData, ValueError, TypeError):
        return None
    now = clock.about_now()
    given_at = datetime.fromtimestamp(given, now.tzinfo)
    return Ticket(for_, id_, given_at) if for_ == subject and now - given_at < VALID_FOR else None


def give(subject: str) -> Ticket:
    """Let this request's response carry a new ticket."""
    ticket = fresh(subject)

    @after_this_request
    def _set_cookie(response: Response) -> Response:
        cookies.write(response, COOKIE, ticket.text, kept_for=VALID_FOR)
        return response

    return ticket
