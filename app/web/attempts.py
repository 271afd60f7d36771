"""Limits of attempts at a secret: a password, a code of a second factor, a confirmation ("Confirm it's you").

An attempt is counted before anything is verified, in one statement for each counter, so that twenty at the same
moment are twenty. What turns out right is given back. To use it:

    try:
        attempt = attempts.begin(Kind.FACTOR, user.email)
    except attempts.TooManyAttemptsError as refused:
        form.code.errors = [str(refused)]
        return render_template(..., form=form), 429    # Retry-After and a cookie are added to the response
    if not factors.verify(user, form.code.data):
        return render_template(..., form=form), 422    # it stays counted
    attempt.succeeded()

`account` is the email address as typed, whether or not there is such an account: nothing differs between the two.
Endpoints that hash passwords belong in `pools.HASH_PASSWORDS`, so that a burst of them delays no other page.

Who is counted, and why no stranger keeps the owner out (docs/decisions/0015-attempts.md):

- A browser that is known to the account (`app.web.known_devices`), or that the caller names (`browser`: the session
  of a signed-in person), has counters of its own.
- Any other counts by its network, for this account and for all accounts. After eight wrong attempts the network goes
  on slowly: each needs a ticket (`app.web.waiting_tickets`), ten seconds old. So the owner there waits seconds.
- All sessions of a person together have 100 attempts a day: an invitation gives a stolen one another token.
- All unknown browsers together have 100 attempts a day for an account (NIST SP 800-63B-4, 3.2.2), a network 30. Then
  only known browsers go on, and a link by email, which makes a browser known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from flask import Response, after_this_request, request

from app import networks
from app.language import gettext, marked, ngettext, translated
from app.web import known_devices, rate_limits, waiting_tickets


class Kind(StrEnum):
    """What is attempted. Each has its own counters."""

    PASSWORD = "password"  # noqa: S105 - a name of counters
    FACTOR = "factor"
    CONFIRMATION = "confirmation"
    OPERATOR = "operator"


_NO_MORE = {
    Kind.PASSWORD: marked(
        "Too many attempts. Use a browser that you've signed in with before, or “Forgot password?”."
    ),
    Kind.FACTOR: marked(
        "Too many attempts. Use a browser that you've signed in with before, or ask another owner to reset your "
        "second factor."
    ),
    Kind.CONFIRMATION: marked("Too many attempts. Sign out, and sign in again."),
    Kind.OPERATOR: marked(
        "Too many attempts. Use a browser that you've signed in with before, or ask for a new link."
    ),
}


class TooManyAttemptsError(Exception):
    """No attempt is possible for `seconds`. The message says what to do, not whether the account exists."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class _Counter:
    key: str
    most: int
    window: timedelta


@dataclass(slots=True)
class Attempt:
    """An attempt that is counted as wrong until it has succeeded."""

    _own: tuple[str, ...]
    """Counters of this browser, or this network, for this account only."""
    _counted: list[str] = field(default_factory=list)
    was_last: bool = False
    """Whether a counter has reached its limit with it."""

    def succeeded(self) -> None:
        """It was right: it doesn't count, and what this browser tried before is forgiven.

        What a network tried at all accounts, and what all unknown browsers tried, is not forgiven: else anyone could
        begin again by signing in to an account of their own.
        """
        self.give_back()
        rate_limits.clear(self._own)

    def first_full(self, counters: list[_Counter]) -> _Counter | None:
        """Count by each. If one is at its limit, it is returned, and the attempt isn't counted anywhere."""
        for counter in counters:
            count = rate_limits.take(counter.key, counter.most, counter.window)
            if count is None:
                self.give_back()
                return counter
            self._counted.append(counter.key)
            self.was_last = self.was_last or count == counter.most
        return None

    def give_back(self) -> None:
        """Count it nowhere."""
        for key in self._counted:
            rate_limits.give_back(key)
        self._counted.clear()


def begin(kind: Kind, account: str, *, browser: str | None = None) -> Attempt:
    """Count an attempt now, before verifying it. Raises `TooManyAttemptsError`.

    `browser` identifies the browser where more is known than the cookie of a known device: the token of its session.
    Each counter is counted in a transaction of its own, whatever becomes of the caller's.
    """
    name = known_devices.account_key(account)
    known = browser or known_devices.device_of(account)
    network = networks.network_of(request.remote_addr)
    source = f"browser:{known_devices.account_key(known)}" if known else network
    subject = f"attempt:{kind}:{name}:{source}"
    quick = [_Counter(subject, 8, timedelta(minutes=10))]
    slow = [_Counter(f"{subject}:slow", 20, timedelta(minutes=10))]
    a_day = [_Counter(f"{subject}:day", 100 if known else 30, timedelta(days=1))]
    attempt = Attempt((quick[0].key, slow[0].key, a_day[0].key))
    if browser is not None:
        a_day.append(_Counter(f"attempt:{kind}:{name}:signed-in:day", 100, timedelta(days=1)))
    if not known:
        quick.insert(0, _Counter(f"attempt:{kind}:all:{network}", 30, timedelta(minutes=5)))
        slow.insert(0, _Counter(f"attempt:{kind}:all:{network}:slow", 60, timedelta(minutes=10)))
        a_day.append(_Counter(f"attempt:{kind}:{name}:unknown:day", 100, timedelta(days=1)))
    _in_time(attempt, subject, quick, slow)
    full = attempt.first_full(a_day)
    if full is not None:
        raise _refusal(translated(_NO_MORE[kind]), rate_limits.seconds_left(full.key))
    return attempt


def _in_time(attempt: Attempt, subject: str, quick: list[_Counter], slow: list[_Counter]) -> None:
    """Count quickly, or slowly with a ticket. Raises `TooManyAttemptsError`."""
    if attempt.first_full(quick) is None:
        if attempt.was_last:
            # The next one needs a ticket: who types it again has waited for it.
            waiting_tickets.give(subject)
        return
    ticket = waiting_tickets.of_request(subject)
    if ticket is None or ticket.seconds_left > 0:
        seconds = (ticket or waiting_tickets.give(subject)).seconds_left
        raise _refusal(_wait(seconds), seconds)
    full = attempt.first_full(slow)
    if full is not None:
        raise _refusal(
            gettext("Too many attempts. Wait ten minutes and try again."), rate_limits.seconds_left(full.key)
        )
    again = waiting_tickets.give(subject)
    if not ticket.use():
        attempt.give_back()
        raise _refusal(_wait(again.seconds_left), again.seconds_left)


def _wait(seconds: int) -> str:
    return ngettext(
        "Too many attempts. Wait %(num)s second and try again.",
        "Too many attempts. Wait %(num)s seconds and try again.",
        seconds,
    )


def _refusal(message: str, seconds: int) -> TooManyAttemptsError:
    @after_this_request
    def _say_when(response: Response) -> Response:
        response.headers["Retry-After"] = str(max(seconds, 1))
        return response

    return TooManyAttemptsError(message, seconds)
