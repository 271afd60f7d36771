"""Why credit can't be set aside like this, with what to do instead."""

from __future__ import annotations

from app.billing.wallet.envelope_queries import MOST_OPEN
from app.billing.wallet.envelope_terms import TooLargeError, WrongDayError
from app.language import gettext
from app.models import Envelope
from app.money import Money
from app.web.formatting import day_long, money, number


def too_many() -> str:
    """How many there can be."""
    return gettext(
        "Credit can be set aside for at most %(most)s campaigns. End one that's no longer needed.",
        most=number(MOST_OPEN),
    )


def was_set_aside(amount: Money, envelope: Envelope) -> str:
    """What was set aside, for what and until when."""
    return gettext(
        "%(amount)s is set aside for %(campaign)s until %(day)s.",
        amount=money(amount),
        campaign=envelope.campaign,
        day=day_long(envelope.until),
    )


def too_large(error: TooLargeError) -> str:
    """What it takes, and what there is."""
    if error.most.micro <= 0:
        return gettext(
            "There is no credit to set aside. Top up %(amount)s first.", amount=money(error.missing)
        )
    return gettext(
        "Top up %(amount)s first, or set aside %(most)s or less.",
        amount=money(error.missing),
        most=money(error.most),
    )


def wrong_day(error: WrongDayError) -> str:
    """The days to choose from."""
    return gettext(
        "Choose a day from %(first)s to %(last)s.", first=day_long(error.first), last=day_long(error.last)
    )
