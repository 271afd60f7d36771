"""Amounts, days, times and names as emails and messages write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_interval
from babel.numbers import format_currency

from app.clock import zone_name
from app.money import Money
from app.notify.emails import DigestDate
from app.notify.mime import one_line

LOCALE = "en_US"
"""Emails have no viewer with a locale: all use the default locale of the pages."""

_MINUS = "\u2212"


def money(amount: Money) -> str:
    """`$1,234.50`, with a minus sign for negative amounts."""
    text = format_currency(
        abs(amount.rounded), amount.currency, locale=LOCALE, currency_digits=amount.is_written_as_babel_does
    )
    return f"{_MINUS}{text}" if amount.rounded < 0 else text


def day(value: date) -> str:
    """`November 24, 2026`, as the pages write days."""
    return format_date(value, "long", locale=LOCALE)


def moment(value: datetime, *, zone: ZoneInfo) -> str:
    """`November 24, 2026, 9:05 am EST`: in the organization's zone, which is named."""
    local = value.astimezone(zone)
    clock = format_datetime(local, "h:mm a", locale=LOCALE).lower()
    return f"{day(local.date())}, {clock} {zone_name(local)}"


def around(value: datetime, *, zone: ZoneInfo) -> str:
    """`2:30 pm EST on Tuesday, November 24`: to the half hour, for what is expected."""
    local = value.astimezone(zone)
    local -= timedelta(minutes=local.minute % 30, seconds=local.second, microseconds=local.microsecond)
    clock = format_datetime(local, "h:mm a", locale=LOCALE).lower()
    return f"{clock} {zone_name(local)} on {format_datetime(local, 'EEEE, MMMM d', locale=LOCALE)}"


def days(first: date, last: date) -> str:
    """From the one day to the other, as in "November 16 to 22, 2026", with a dash."""
    return folded(str(format_interval(first, last, "yMMMMd", locale=LOCALE)))


def short_day(value: date | datetime, *, zone: ZoneInfo) -> str:
    """`Nov 24, 2026`, for subjects: the day, or the day of a time in the organization's zone."""
    local = value.astimezone(zone).date() if isinstance(value, datetime) else value
    return format_date(local, "medium", locale=LOCALE)


def due(one: DigestDate) -> str:
    """`Growth renewal, $49.00 with Visa ending in 4242`."""
    said = one_line(one.name)
    if one.amount is not None:
        said += f", {'about ' if one.is_estimate else ''}{money(one.amount)}"
    return f"{said} with {one_line(one.by)}" if one.by else said


def folded(words: str) -> str:
    """A paragraph with its white space folded: one line, which the reader's window breaks where it must."""
    return " ".join(words.split())


def brief(name: str, most: int = 30) -> str:
    """A name in a subject, cut to `most` characters, so that what follows is seen on a phone."""
    line = one_line(name)
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
