"""Money, days and times as text, in the viewer's locale and the organization's zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, has_request_context
from markupsafe import Markup

from app.clock import utc_now, zone_name
from app.language import gettext, locale, marked, pgettext, translated
from app.language.formats import (
    currency_text,
    date_text,
    decimal_text,
    millions_text,
    percent_text,
    tenths_text,
    time_text,
)
from app.money import Money
from app.text import shown
from app.web.identity import identity

_MINUS = "\u2212"
_HALF_HOUR = 30 * 60
_NAMED = {time(0): marked("midnight"), time(12): marked("noon")}
_WEEK = 7
_FAR_AHEAD = timedelta(days=300)
"""Ten months: beyond that a day without its year is taken for one that is past."""


def init_app(app: Flask) -> None:
    """Give templates the filters."""
    filters: dict[str, Callable[..., Any]] = {
        "money": money,
        "money_signed": money_signed,
        "money_exact": money_exact,
        "money_axis": money_axis,
        "day": day,
        "day_of_chart": day_of_chart,
        "day_long": day_long,
        "day_of_week": day_of_week,
        "month": month,
        "month_short": month_short,
        "time_around": time_around,
        "time_element": time_element,
        "number": number,
        "percent": percent,
        "tenths": tenths,
    }
    for name, function in filters.items():
        app.add_template_filter(function, name)
    app.jinja_env.finalize = for_reader


def for_reader(value: Any) -> Any:
    """Sanitizes text in templates: removes characters that would affect surrounding text. Markup is ours."""
    return shown(value) if type(value) is str else value


def money(amount: Money) -> str:
    """`$1,234.50`, with a minus sign below zero."""
    return _signed(amount, "")


def money_signed(amount: Money) -> str:
    """`+$5.00`, or `$5.00` after a minus sign, for movements."""
    return _signed(amount, "+" if amount.micro > 0 else "")


def money_exact(amount: Money) -> str:
    """With all decimals of the amount, up to a micro-unit."""
    exact = amount.decimal
    decimals = "00####" if exact.normalize().as_tuple().exponent not in {0, -1, -2} else "00"
    text = currency_text(abs(exact), amount.currency, locale(), decimals)
    return f"{_MINUS}{text}" if amount.micro < 0 else text


def money_axis(amount: Money) -> str:
    """Without decimals, for chart axes."""
    return currency_text(amount.decimal, amount.currency, locale(), "")


def day(value: date) -> str:
    """`Nov 24`, in the locale's format; `Nov 24, 2027` unless it is of this year, and not too far ahead in it."""
    return date_text(value, _form_of(value), locale())


def day_of_chart(value: date) -> str:
    """`Nov 24`, in the locale's format, for axes of charts."""
    return date_text(value, "MMMd", locale())


def day_of_week(value: date) -> str:
    """`Tue, Nov 24`, in the locale's format: a day that is one of many."""
    return date_text(value, "MMMEd", locale())


def month_short(value: date) -> str:
    """`Nov`, of one of its days."""
    return date_text(value, "MMM", locale())


def day_long(value: date) -> str:
    """`November 24, 2026`, in the locale's format."""
    return date_text(value, "long", locale())


def month(value: date) -> str:
    """`November 2026`, of one of its days."""
    return date_text(value, "yMMMM", locale())


def month_named(value: date) -> str:
    """`November`, or `November 2025` unless it is of this year, for sentences about what comes or goes now."""
    return date_text(value, "LLLL" if value.year == _today().year else "yMMMM", locale())


def time_element(value: datetime, style: str = "full") -> Markup:
    """A `<time>` with the instant in UTC and its text in the organization's time zone, including its name.

    `style` is `full` (Nov 24, 2026, 9:05 am EST), `recent` (Nov 24, 9:05 am EST, the day as `day`), `date`
    (Nov 24, 2026), `day` (as `day`) or `clock` (9:05 am EST).
    """
    local = value.astimezone(_zone())
    words = {
        "full": moment_full(value),
        "recent": moment(value),
        "date": date_text(local.date(), "medium", locale()),
        "day": day(local.date()),
        "clock": _clock(local),
    }[style]
    return _time(value, words)


def moment(value: datetime) -> str:
    """`Nov 24, 9:05 am EST`, the day as `day`, for sentences that are no markup: messages and errors of forms."""
    local = value.astimezone(_zone())
    return f"{day(local.date())}, {_clock(local)}"


def moment_full(value: datetime) -> str:
    """`Nov 24, 2026, 9:05 am EST`, for what is read years later: the audit trail."""
    local = value.astimezone(_zone())
    return f"{date_text(local.date(), 'medium', locale())}, {_clock(local)}"


def time_around(value: datetime) -> Markup:
    """An estimated time to the half hour, as people say it: `Monday around 1:30 pm`, `around Dec 18` when it is a
    week off or more."""
    named, clock = _estimated(value)
    if clock is None:
        return _time(value, pgettext("an estimated day", "around %(day)s", day=named))
    return _time(value, pgettext("an estimated time", "%(day)s around %(time)s", day=named, time=clock))


def time_estimated(value: datetime) -> Markup:
    """As `time_around`, for one end of a range: `Monday 1:30 pm`, `Dec 18`."""
    named, clock = _estimated(value)
    if clock is None:
        return _time(value, named)
    return _time(value, pgettext("one end of a range of time", "%(day)s %(time)s", day=named, time=clock))


def _estimated(value: datetime) -> tuple[str, str | None]:
    zone, half_hours = _zone(), round(value.timestamp() / _HALF_HOUR)
    local = datetime.fromtimestamp(half_hours * _HALF_HOUR, zone)
    time_of_day = local.time()
    if time_of_day == time(0):
        local -= timedelta(minutes=1)  # midnight at the end of a day counts as that day
    days = (local.date() - utc_now().astimezone(zone).date()).days
    if days >= _WEEK:
        return day(local.date()), None
    named = {0: gettext("today"), 1: gettext("tomorrow")}.get(days) or date_text(
        local.date(), "EEEE", locale()
    )
    clock = translated(_NAMED[time_of_day]) if time_of_day in _NAMED else time_text(time_of_day, locale())
    return named, clock


def _form_of(value: date) -> str:
    today = _today()
    return "MMMd" if value.year == today.year and value < today + _FAR_AHEAD else "medium"


def _today() -> date:
    return utc_now().astimezone(_zone()).date()


def _clock(local: datetime) -> str:
    return f"{time_text(local.time(), locale())} {zone_name(local)}"


def _time(value: datetime, words: str) -> Markup:
    at = value.astimezone(ZoneInfo("UTC")).isoformat()
    return Markup('<time datetime="{}">{}</time>').format(at, words)


def number(value: int) -> str:
    """`1,234`; from a million on `48.3M`."""
    return millions_text(value, locale()) if value >= 1_000_000 else decimal_text(value, locale())


def tenths(value: float) -> str:
    """`1.5`, `2.0`: to a tenth."""
    return tenths_text(value, locale())


def percent(value: int) -> str:
    """Whole percent as `71%`."""
    return percent_text(value, locale())


def _signed(amount: Money, plus: str) -> str:
    shown = amount.rounded
    text = currency_text(abs(shown), amount.currency, locale())
    return f"{_MINUS}{text}" if shown < 0 else f"{plus}{text}"


def _zone() -> ZoneInfo:
    who = identity() if has_request_context() else None
    return ZoneInfo(who.organization.timezone if who and who.organization else "UTC")
