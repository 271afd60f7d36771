"""Money, days, times and quantities as text, in the viewer's locale and the organization's zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g, has_request_context, request
from markupsafe import Markup

from app.billing.catalog.quantities import Quantity, Units
from app.clock import utc_now, zone_name
from app.money import Money
from app.text import shown
from app.web.babel_text import currency_text, date_text, decimal_text, percent_text, time_text
from app.web.identity import identity

LOCALES = ("en_US", "en_GB", "en_AU", "en_CA", "en_IE", "en_IN", "en_NZ")
"""The pages are in English; its locales differ in the format of numbers and dates."""

_MINUS = "\u2212"
_TIMES = "\u00d7"
_A_DAY, _BY_DAY = "-day", "-days"
_READ_AS = {"message": "text message"}
"""The names of units on pages, if they differ from those that the platform reports."""
_HALF_HOUR = 30 * 60
_NAMED = {time(0): "midnight", time(12): "noon"}
_WEEK = 7


def init_app(app: Flask) -> None:
    """Give templates the filters."""
    filters: dict[str, Callable[..., Any]] = {
        "money": money,
        "money_signed": money_signed,
        "money_exact": money_exact,
        "money_axis": money_axis,
        "day": day,
        "day_long": day_long,
        "month": month,
        "month_short": month_short,
        "time_around": time_around,
        "time_element": time_element,
        "number": number,
        "percent": percent,
        "quantity": quantity,
        "quantities": quantities,
        "units": units,
    }
    for name, function in filters.items():
        app.add_template_filter(function, name)
    app.jinja_env.finalize = for_reader


def for_reader(value: Any) -> Any:
    """Sanitizes text in templates: removes characters that would affect surrounding text. Markup is ours."""
    return shown(value) if type(value) is str else value


def viewer_locale() -> str:
    """The viewer's locale among the supported ones: the one they chose, their browser's, or American English. Looked
    up once per request."""
    if not has_request_context():
        return LOCALES[0]
    known: str | None = g.get("viewer_locale")
    if known is None:
        known = g.viewer_locale = _wanted_locale()
    return known


def _wanted_locale() -> str:
    who = identity()
    if who is not None and who.user.language in LOCALES:
        return who.user.language
    wanted = request.accept_languages.best_match([locale.replace("_", "-") for locale in LOCALES])
    return (wanted or LOCALES[0]).replace("-", "_")


def money(amount: Money) -> str:
    """`$1,234.50`, with a minus sign below zero."""
    return _signed(amount, "")


def money_signed(amount: Money) -> str:
    """`+$5.00`, or `$5.00` after a minus sign, for movements."""
    return _signed(amount, "+" if amount.micro > 0 else "")


def money_exact(amount: Money) -> str:
    """With all decimals of the amount, up to a micro-unit."""
    exact = amount.decimal
    pattern = "¤#,##0.00####" if exact.normalize().as_tuple().exponent not in {0, -1, -2} else "¤#,##0.00"
    text = currency_text(abs(exact), amount.currency, viewer_locale(), pattern)
    return f"{_MINUS}{text}" if amount.micro < 0 else text


def money_axis(amount: Money) -> str:
    """Without decimals, for chart axes."""
    return currency_text(amount.decimal, amount.currency, viewer_locale(), "¤#,##0")


def day(value: date) -> str:
    """`Nov 24`, in the locale's format."""
    return date_text(value, "MMMd", viewer_locale())


def month_short(value: date) -> str:
    """`Nov`, of one of its days."""
    return date_text(value, "MMM", viewer_locale())


def day_long(value: date) -> str:
    """`November 24, 2026`, in the locale's format."""
    return date_text(value, "long", viewer_locale())


def month(value: date) -> str:
    """`November 2026`, of one of its days."""
    return date_text(value, "yMMMM", viewer_locale())


def time_element(value: datetime, style: str = "full") -> Markup:
    """A `<time>` with the instant in UTC and its text in the organization's time zone, including its name.

    `style` is `full` (Nov 24, 2026, 9:05 am EST), `date` (Nov 24, 2026), `day` (Nov 24) or `clock` (9:05 am EST).
    """
    locale = viewer_locale()
    local = value.astimezone(_zone())
    words = {
        "full": moment(value),
        "date": date_text(local.date(), "medium", locale),
        "day": date_text(local.date(), "MMMd", locale),
        "clock": _clock(local),
    }[style]
    return _time(value, words)


def moment(value: datetime) -> str:
    """`Nov 24, 2026, 9:05 am EST`, for sentences that are no markup: messages and errors of forms."""
    local = value.astimezone(_zone())
    return f"{date_text(local.date(), 'medium', viewer_locale())}, {_clock(local)}"


def time_around(value: datetime, around: str = "around ") -> Markup:
    """An estimated time to the half hour, as people say it: `Monday around 1:30 pm`, `around Dec 18` when it is a
    week off or more. Without `around`, as one end of a range: `Monday 1:30 pm`, `Dec 18`."""
    zone, locale = _zone(), viewer_locale()
    half_hours = round(value.timestamp() / _HALF_HOUR)
    local = datetime.fromtimestamp(half_hours * _HALF_HOUR, zone)
    clock = _NAMED.get(local.time()) or time_text(local.time(), locale)
    if clock == _NAMED[time(0)]:
        local -= timedelta(minutes=1)  # midnight at the end of a day counts as that day
    days = (local.date() - utc_now().astimezone(zone).date()).days
    if days >= _WEEK:
        return _time(value, f"{around}{date_text(local.date(), 'MMMd', locale)}")
    named = {0: "today", 1: "tomorrow"}.get(days) or date_text(local.date(), "EEEE", locale)
    return _time(value, f"{named} {around}{clock}")


def _clock(local: datetime) -> str:
    return f"{time_text(local.time(), viewer_locale())} {zone_name(local)}"


def _time(value: datetime, words: str) -> Markup:
    at = value.astimezone(ZoneInfo("UTC")).isoformat()
    return Markup('<time datetime="{}">{}</time>').format(at, words)


def number(value: int) -> str:
    """`1,234`; from a million on `48.3M`."""
    if value >= 1_000_000:
        return f"{decimal_text(round(value / 1_000_000, 1), viewer_locale())}M"
    return decimal_text(value, viewer_locale())


def percent(value: int) -> str:
    """Whole percent as `71%`."""
    return percent_text(value, viewer_locale())


def quantity(value: Quantity) -> str:
    """`1,204 min`; `3 numbers` times `26 days` for what is counted daily, if each day had the same number."""
    if value.days and value.unit.endswith(_BY_DAY):
        return _on_days(value.amount, value.unit.removesuffix(_BY_DAY), value.days)
    unit = value.unit.removesuffix("s") if value.amount == 1 else value.unit
    return f"{number(value.amount)} {unit}"


def quantities(values: tuple[Quantity, ...]) -> str:
    """`1,204 min, 84 text messages`."""
    return ", ".join(quantity(value) for value in values)


def units(value: Units) -> str:
    """`4 min 12 s` for seconds, `1,204 tokens` for others: to the unit, with a minus sign below zero."""
    sign, count = (_MINUS if value.count < 0 else ""), abs(value.count)
    if value.unit == "second":
        minutes, seconds = divmod(count, 60)
        parts = [f"{_counted(minutes)} min"] if minutes else []
        return sign + " ".join(parts + ([f"{seconds} s"] if seconds or not minutes else []))
    if value.days and value.unit.endswith(_A_DAY):
        return sign + _on_days(count, value.unit.removesuffix(_A_DAY), value.days)
    return f"{sign}{_counted(count)} {_READ_AS.get(value.unit, value.unit)}{'' if count == 1 else 's'}"


def _on_days(count: int, thing: str, days: int) -> str:
    each = count // days
    things = f"{_counted(each)} {thing}{'' if each == 1 else 's'}"
    return things if days == 1 else f"{things} {_TIMES} {_counted(days)} days"


def _counted(value: int) -> str:
    return decimal_text(value, viewer_locale())


def _signed(amount: Money, plus: str) -> str:
    shown = amount.rounded
    text = currency_text(abs(shown), amount.currency, viewer_locale())
    return f"{_MINUS}{text}" if shown < 0 else f"{plus}{text}"


def _zone() -> ZoneInfo:
    who = identity() if has_request_context() else None
    return ZoneInfo(who.organization.timezone if who and who.organization else "UTC")
