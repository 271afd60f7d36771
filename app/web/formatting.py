"""Money, days, times and quantities as text, in the viewer's locale and the organization's zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g, has_request_context, request
from markupsafe import Markup

from app.billing.catalog.quantities import Quantity, Units
from app.money import Money
from app.text import shown
from app.web.babel_text import currency_text, date_text, decimal_text, percent_text
from app.web.identity import identity

LOCALES = ("en_US", "en_GB", "en_AU", "en_CA", "en_IE", "en_IN", "en_NZ")
"""The pages are in English; its locales differ in how they write figures and dates."""

_MINUS = "\u2212"


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
    """What templates print: text without the characters that would harm what stands around it. Markup is ours."""
    return shown(value) if type(value) is str else value


def viewer_locale() -> str:
    """The viewer's locale of those that we write, American English where none fits. Looked up once a request."""
    if not has_request_context():
        return LOCALES[0]
    known: str | None = g.get("viewer_locale")
    if known is None:
        known = g.viewer_locale = _wanted_locale()
    return known


def _wanted_locale() -> str:
    wanted = request.accept_languages.best_match([locale.replace("_", "-") for locale in LOCALES])
    return (wanted or LOCALES[0]).replace("-", "_")


def money(amount: Money) -> str:
    """`$1,234.50`, with a minus sign below zero."""
    return _signed(amount, "")


def money_signed(amount: Money) -> str:
    """`+$5.00`, or `$5.00` behind a minus sign, for movements."""
    return _signed(amount, "+" if amount.micro > 0 else "")


def money_exact(amount: Money) -> str:
    """With as many decimals as the amount has, up to a micro-unit."""
    exact = amount.decimal
    pattern = "¤#,##0.00####" if exact.normalize().as_tuple().exponent not in {0, -1, -2} else "¤#,##0.00"
    text = currency_text(abs(exact), amount.currency, viewer_locale(), pattern)
    return f"{_MINUS}{text}" if amount.micro < 0 else text


def money_axis(amount: Money) -> str:
    """Without decimals, for the axis of a chart."""
    return currency_text(amount.decimal, amount.currency, viewer_locale(), "¤#,##0")


def day(value: date) -> str:
    """`24 Nov`."""
    return date_text(value, "d MMM", viewer_locale())


def day_long(value: date) -> str:
    """`24 November 2026`."""
    return date_text(value, "d MMMM y", viewer_locale())


def month(value: date) -> str:
    """`November 2026`, of one of its days."""
    return date_text(value, "MMMM y", viewer_locale())


def time_element(value: datetime, style: str = "full") -> Markup:
    """A `<time>` with the instant in UTC and the words in the organization's zone, which is named.

    `style` is `full` (24 Nov 2026, 09:05 EST), `date` (24 Nov 2026), `day` (24 Nov) or `clock` (09:05 EST).
    """
    zone, locale = _zone(), viewer_locale()
    local = value.astimezone(zone)
    clock = f"{local:%H:%M} {local.tzname()}"
    words = {
        "full": f"{date_text(local.date(), 'd MMM y', locale)}, {clock}",
        "date": date_text(local.date(), "d MMM y", locale),
        "day": date_text(local.date(), "d MMM", locale),
        "clock": clock,
    }[style]
    return Markup('<time datetime="{}">{}</time>').format(
        value.astimezone(ZoneInfo("UTC")).isoformat(), words
    )


def number(value: int) -> str:
    """`1,234`; from a million on `48.3 M`."""
    if value >= 1_000_000:
        return f"{decimal_text(round(value / 1_000_000, 1), viewer_locale())} M"
    return decimal_text(value, viewer_locale())


def percent(value: int) -> str:
    """Whole percent as `71%`."""
    return percent_text(value, viewer_locale())


def quantity(value: Quantity) -> str:
    """`1,204 min`."""
    return f"{number(value.amount)} {value.unit}"


def quantities(values: tuple[Quantity, ...]) -> str:
    """`1,204 min, 84 SMS`."""
    return ", ".join(quantity(value) for value in values)


def units(value: Units) -> str:
    """`4 min 12 s` for seconds, `1,204 tokens` for others: to the unit, with a minus sign below zero."""
    sign, count = (_MINUS if value.count < 0 else ""), abs(value.count)
    if value.unit == "second":
        minutes, seconds = divmod(count, 60)
        parts = [f"{_counted(minutes)} min"] if minutes else []
        return sign + " ".join(parts + ([f"{seconds} s"] if seconds or not minutes else []))
    return f"{sign}{_counted(count)} {value.unit}{'' if count == 1 else 's'}"


def _counted(value: int) -> str:
    return decimal_text(value, viewer_locale())


def _signed(amount: Money, plus: str) -> str:
    shown = amount.rounded
    text = currency_text(abs(shown), amount.currency, viewer_locale())
    return f"{_MINUS}{text}" if shown < 0 else f"{plus}{text}"


def _zone() -> ZoneInfo:
    who = identity() if has_request_context() else None
    return ZoneInfo(who.organization.timezone if who and who.organization else "UTC")
