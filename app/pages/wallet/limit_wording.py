"""What the wallet's pages say about the daily limit."""

from __future__ import annotations

from app.billing.topups import DailyLimitReachedError
from app.web.formatting import moment, money


def limit_reached(error: DailyLimitReachedError) -> str:
    """Why a top-up isn't possible now, what is left, and when it is possible."""
    limit, left = money(error.limit), money(error.left)
    if not error.limit:
        return (
            "An owner has set the daily top-up limit to zero, so no one can top up. Change the limit first."
        )
    if error.amount > error.limit:
        return f"This is more than your daily top-up limit of {limit}. {left} is left now."
    said = (
        f"{left} is left of your daily top-up limit of {limit}."
        if error.left
        else f"You've reached your daily top-up limit of {limit}."
    )
    if error.possible_at is None:
        return f"{said} More may be possible when the payments in progress are done."
    return f"{said} You can top up {money(error.amount)} from {moment(error.possible_at)}."
