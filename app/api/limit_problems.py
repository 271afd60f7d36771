"""Why a limit, or where it goes, stops a call: the problem types and their extra members."""

from __future__ import annotations

from flask import current_app
from msgspec import to_builtins

from app.api import problems
from app.api.amounts import Amount
from app.api.limit_bodies import ReachedLimit
from app.api.problems import ProblemError
from app.billing.limits import DestinationClosedError, LimitReachedError, LimitStanding, labels

LIMIT_REACHED = problems.Kind(
    "limit-reached",
    402,
    "Limit reached",
    "A limit on spend doesn't leave what this hold would reserve: see `limit` for which one, what counts toward it, "
    "and when it resets. `campaign` and `agent` are those of the call. Nothing was reserved. Calls in "
    "progress are renewed and finish.",
    "Don't start the call. Try again at `starts_again_at`, or when a call ends; or ask the owners for more.",
)
DESTINATION_CLOSED = problems.Kind(
    "destination-closed",
    402,
    "The destination is closed",
    "Calls to this destination are a high risk, and no owner of the organization has opened it. Nothing was "
    "reserved.",
    "Don't start the call. An owner has to open the destination once, on the limits page of the wallet.",
)


def reached(error: LimitReachedError) -> ProblemError:
    """The problem for a limit that doesn't leave what a call needs."""
    limit = error.limit
    subject = labels.subject_label(limit.subject, limit.name)
    detail = (
        f"{subject}: {limit.counted} of {limit.amount} {labels.PER[limit.kind]} already counts, and this call "
        f"needs {error.needed}. Calls in progress continue."
    )
    members = {
        "limit": to_builtins(view_of(limit)),
        "needed": to_builtins(Amount.of(error.needed)),
        "campaign": error.call.campaign,
        "agent": error.call.agent,
    }
    return ProblemError(LIMIT_REACHED, detail, members=members)


def closed(error: DestinationClosedError) -> ProblemError:
    """The problem for a destination that no owner has opened."""
    return ProblemError(
        DESTINATION_CLOSED,
        f"{error.destination.label or error.destination.key} is a destination of the class "
        f"{error.class_.label!r}, which an owner has to open first.",
        members={"destination": error.destination.key, "class": error.class_.key},
    )


def view_of(limit: LimitStanding) -> ReachedLimit:
    """A limit that stops calls, with the page that asks for more of it."""
    public_url = current_app.config["SETTINGS"].public_url
    page = f"{public_url}/billing/wallet/limits/{limit.limit_id}/more" if limit.limit_id else None
    return ReachedLimit.of(limit, page)
