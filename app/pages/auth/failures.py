"""Failed sign-ins for the audit trail: at the 1st, 10th, 100th of an hour, so that no stranger floods it.

Nor does anyone who has the password, with wrong codes of the second factor: those are emailed, too.
"""

from __future__ import annotations

from datetime import timedelta

from flask import request

from app.extensions import enqueue
from app.ids import uuid7
from app.pages.actor import current_actor
from app.people import confirmation
from app.transaction import transaction
from app.web import known_devices, rate_limits
from app.web.identity import current_identity

_NOTED_AT = frozenset(10**power for power in range(7))
_WINDOW = timedelta(hours=1)


def count(email: str) -> None:
    """Count a failed attempt to sign in, and let a job note it where it is time to.

    A job looks up the account, so the response and its timing are the same for an address without one.
    """
    attempts = count_if_noted(f"failed-sign-in:{known_devices.account_key(email)}")
    if attempts is not None:
        with transaction():
            enqueue(
                "note_failed_sign_in",
                email=email,
                address=request.remote_addr,
                attempts=attempts,
                entry_id=str(uuid7()),
            )


def count_if_noted(key: str) -> int | None:
    """Count one more by this counter; the count, if it is one of those that are noted."""
    attempts = rate_limits.take(key, max(_NOTED_AT), _WINDOW)
    return attempts if attempts in _NOTED_AT else None


def count_confirmation() -> None:
    """Count a failed attempt of the signed-in person to confirm that it's them, and note it where it is time to."""
    user = current_identity().user
    attempts = _counted("failed-confirmation", user.email)
    if attempts is not None:
        with transaction():
            confirmation.record_failure(user, current_actor(), attempts)


def _counted(what: str, email: str) -> int | None:
    """How many there were within an hour with this one, where that is noted."""
    attempts = rate_limits.take(f"{what}:{known_devices.account_key(email)}", max(_NOTED_AT), _WINDOW)
    return attempts if attempts in _NOTED_AT else None
