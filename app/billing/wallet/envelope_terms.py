"""What an envelope can have, and until when: an amount or a day beyond that is refused with what is possible."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.billing.wallet.credit import Credit
from app.models import Envelope, Organization, Wallet
from app.money import Money, smallest_unit

FURTHEST_DAYS = 366
"""How many days ahead the last day of an envelope may be."""


class EnvelopeError(ValueError):
    """Credit can't be set aside like this."""


class TooLargeError(EnvelopeError):
    """More than available credit allows; `most` is what the envelope can have now, `missing` the top-up it takes."""

    def __init__(self, most: Money, missing: Money) -> None:
        super().__init__(f"At most {most} can be set aside now.")
        self.most = most
        self.missing = missing


class TooSmallError(EnvelopeError):
    """Less than was spent of it and is held by calls in progress, which is `least`."""

    def __init__(self, least: Money) -> None:
        super().__init__(f"At least {least} stays set aside.")
        self.least = least


class WrongDayError(EnvelopeError):
    """The last day is over, or too far ahead: it lies between `first` and `last`."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"The last day lies between {first} and {last}.")
        self.first = first
        self.last = last


class AlreadyOpenError(EnvelopeError):
    """The campaign has an open envelope: change that one."""

    def __init__(self, envelope: Envelope) -> None:
        super().__init__(f"The campaign {envelope.campaign!r} has an open envelope.")
        self.envelope = envelope


class TooManyError(EnvelopeError):
    """As many are open as an organization can have, which is `envelope_queries.MOST_OPEN`."""


class UnknownEnvelopeError(EnvelopeError):
    """There is no such open envelope: it may have ended."""


def as_text(envelope: Envelope) -> str:
    """The amount and the last day of an envelope, to know them again."""
    return f"{envelope.amount_micro} {envelope.until.isoformat()}"


def whole_units(amount: Money) -> Money:
    """An amount in whole smallest units of its currency, rounded down."""
    unit = smallest_unit(amount.currency)
    return Money(amount.micro // unit * unit, amount.currency)


def is_broken(amount: Money) -> bool:
    """Whether an amount is no whole number of its currency's smallest unit."""
    return amount.micro % smallest_unit(amount.currency) != 0


def days_for(organization: Organization, at: datetime | None = None) -> tuple[date, date]:
    """The first and the last day until which credit can be set aside at `at`, or now."""
    today = organization.local_day(at)
    return today, today + timedelta(days=FURTHEST_DAYS)


def check_day(organization: Organization, until: date, at: datetime) -> None:
    """Raise `WrongDayError` for a last day that is over, or too far ahead."""
    first, last = days_for(organization, at)
    if not first <= until <= last:
        raise WrongDayError(first, last)


def check_amount(wallet: Wallet, amount: Money, *, had: int) -> None:
    """Raise `TooLargeError` for more than an envelope, which `had` this many micro-units, can have of a wallet."""
    credit = Credit.of(wallet)
    most = had + credit.spendable(inbound=False)
    if amount.micro > most and amount.micro > had:
        unit = smallest_unit(wallet.currency)
        short = amount.micro - had - (credit.available - credit.reserve)
        missing = Money(-(-short // unit) * unit, wallet.currency)
        raise TooLargeError(whole_units(Money(most, wallet.currency)), missing)
