"""Amounts, days, times and names as emails and messages write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.clock import zone_name
from app.language import gettext, locale, pgettext
from app.language.formats import (
    currency_text,
    date_text,
    days_text,
    percent_text,
    time_text,
    weekday_text,
)
from app.money import Money
from app.notify import stored_texts
from app.notify.emails import DigestDate
from app.notify.mime import one_line

_MINUS = "\u2212"


def money(amount: Money) -> str:
    """`$1,234.50`, with a minus sign for negative amounts."""
    text = currency_text(abs(amount.rounded), amount.currency, locale())
    return f"{_MINUS}{text}" if amount.rounded < 0 else text


def day(value: date) -> str:
    """`November 24, 2026`, as the pages write days."""
    return date_text(value, "long", locale())


def moment(value: datetime, *, zone: ZoneInfo) -> str:
    """`November 24, 2026, 9:05 am EST`: in the organization's zone, which is named."""
    local = value.astimezone(zone)
    return f"{day(local.date())}, {time_text(local.time(), locale())} {zone_name(local)}"


def around(value: datetime, *, zone: ZoneInfo) -> str:
    """`2:30 pm EST on Tuesday, November 24`: to the half hour, for what is expected."""
    local = value.astimezone(zone)
    local -= timedelta(minutes=local.minute % 30, seconds=local.second, microseconds=local.microsecond)
    clock = f"{time_text(local.time(), locale())} {zone_name(local)}"
    on = weekday_text(local.date(), locale())
    return pgettext("a time on a day", "%(time)s on %(day)s", time=clock, day=on)


def days(first: date, last: date) -> str:
    """From the one day to the other, as in "November 16 to 22, 2026", with a dash."""
    return days_text(first, last, locale())


def short_day(value: date | datetime, *, zone: ZoneInfo) -> str:
    """`Nov 24, 2026`, for subjects: the day, or the day of a time in the organization's zone."""
    local = value.astimezone(zone).date() if isinstance(value, datetime) else value
    return date_text(local, "medium", locale())


def due(one: DigestDate) -> str:
    """`Growth renewal, $49.00 with Visa ending in 4242`."""
    name = stored_texts.coming(one_line(one.name))
    by = stored_texts.card(one_line(one.by)) if one.by else ""
    if one.amount is None:
        return gettext("%(name)s with %(card)s", name=name, card=by) if by else name
    amount = money(one.amount)
    if one.is_estimate:
        amount = pgettext("an estimated amount", "about %(amount)s", amount=amount)
    if by:
        return gettext("%(name)s, %(amount)s with %(card)s", name=name, amount=amount, card=by)
    return gettext("%(name)s, %(amount)s", name=name, amount=amount)


def percent(value: int) -> str:
    """`80%`."""
    return percent_text(value, locale())


def rate(amount: Money, per: str) -> str:
    """`$30.00 a day`: an amount with what it is for, as facts have it in English."""
    match per:
        case "an hour":
            return gettext("%(amount)s an hour", amount=money(amount))
        case "a day":
            return gettext("%(amount)s a day", amount=money(amount))
        case "a week":
            return gettext("%(amount)s a week", amount=money(amount))
        case "a month":
            return gettext("%(amount)s a month", amount=money(amount))
        case "a year":
            return gettext("%(amount)s a year", amount=money(amount))
        case _:
            return f"{money(amount)} {per}"


def labeled(label: str, value: object = None) -> str:
    """A label before its value in plain text; without one, before what the next line has."""
    if value is None:
        return gettext("%(label)s:", label=label)
    return gettext("%(label)s: %(value)s", label=label, value=value)


def folded(words: str) -> str:
    """A paragraph with its white space folded: one line, which the reader's window breaks where it must."""
    return " ".join(words.split())


def brief(name: str, most: int) -> str:
    """A name in a subject, cut to `most` characters, so that what follows is seen on a phone."""
    line = one_line(name)
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
