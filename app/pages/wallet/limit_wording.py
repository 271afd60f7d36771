"""What the wallet's pages say about the daily limit."""

from __future__ import annotations

from app.billing.topups import DailyLimitReachedError
from app.language import gettext
from app.web.formatting import moment, money


def limit_reached(error: DailyLimitReachedError) -> str:
    """Why a top-up isn't possible now, what is left, and when it is possible."""
    limit, left = money(error.limit), money(error.left)
    if not error.limit:
        return gettext(
            "An owner has set the daily top-up limit to zero, so no one can top up. Change the limit first."
        )
    if error.amount > error.limit:
        return gettext(
            "This is more than your daily top-up limit of %(limit)s. %(left)s is left now.",
            limit=limit,
            left=left,
        )
    said = (
        gettext("%(left)s is left of your daily top-up limit of %(limit)s.", left=left, limit=limit)
        if error.left
        else gettext("You've reached your daily top-up limit of %(limit)s.", limit=limit)
    )
    if error.possible_at is None:
        then = gettext("More may be possible when the payments in progress are done.")
    else:
        then = gettext(
            "You can top up %(amount)s from %(time)s.",
            amount=money(error.amount),
            time=moment(error.possible_at),
        )
    return f"{said} {then}"
