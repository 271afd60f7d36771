"""Why credit can't be set aside like this, with what to do instead."""

from __future__ import annotations

from app.billing.wallet.envelope_queries import MOST_OPEN
from app.billing.wallet.envelope_terms import TooLargeError, WrongDayError
from app.web.formatting import day_long, money

TOO_MANY = f"Credit can be set aside for at most {MOST_OPEN} campaigns. End one that's no longer needed."


def too_large(error: TooLargeError) -> str:
    """What it takes, and what there is."""
    if error.most.micro <= 0:
        return f"There is no credit to set aside. Top up {money(error.missing)} first."
    return f"Top up {money(error.missing)} first, or set aside {money(error.most)} or less."


def wrong_day(error: WrongDayError) -> str:
    """The days to choose from."""
    return f"Choose a day from {day_long(error.first)} to {day_long(error.last)}."
