"""Quantities as text, in the viewer's locale."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from app.billing.catalog.quantities import Quantity, Units
from app.language import gettext, listed, locale, ngettext
from app.language.formats import decimal_text
from app.web.formatting import number

_MINUS = "\u2212"
_A_DAY, _BY_DAY = "-day", "-days"


def init_app(app: Flask) -> None:
    """Give templates the filters."""
    for function in (quantity, quantities, units):
        app.add_template_filter(function)


def quantity(value: Quantity) -> str:
    """`1,204 min`; `3 numbers` times `26 days` for what is counted daily, if each day had the same number."""
    if value.days and value.unit.endswith(_BY_DAY):
        return _on_days(value.amount, value.unit.removesuffix(_BY_DAY), value.days)
    return _of_unit(value.unit.removesuffix("s"), value.unit, value.amount, number(value.amount))


def quantities(values: tuple[Quantity, ...]) -> str:
    """`1,204 min, 84 text messages`."""
    return listed((quantity(value) for value in values), "unit")


def units(value: Units) -> str:
    """`4 min 12 s` for seconds, `1,204 tokens` for others: to the unit, with a minus sign below zero."""
    sign, count = (_MINUS if value.count < 0 else ""), abs(value.count)
    if value.unit == "second":
        minutes, seconds = divmod(count, 60)
        parts = [gettext("%(num)s min", num=_counted(minutes))] if minutes else []
        if seconds or not minutes:
            # Translators: seconds.
            parts.append(gettext("%(num)s s", num=seconds))
        return sign + " ".join(parts)
    if value.days and value.unit.endswith(_A_DAY):
        return sign + _on_days(count, value.unit.removesuffix(_A_DAY), value.days)
    return sign + _of_unit(value.unit, f"{value.unit}s", count, _counted(count))


def _on_days(count: int, thing: str, days: int) -> str:
    each = count // days
    things = _of_unit(thing, f"{thing}s", each, _counted(each))
    if days == 1:
        return things
    on_days = ngettext("%(num)s day", "%(num)s days", days, num=_counted(days))
    return gettext("%(things)s \u00d7 %(days)s", things=things, days=on_days)


def _of_unit(one: str, many: str, count: int, num: str) -> str:
    """Units that the platform usually reports are known by name; others are as the catalog calls them."""
    known = _UNITS.get(one)
    return known(count, num) if known is not None else f"{num} {one if count == 1 else many}"


def _counted(value: int) -> str:
    return decimal_text(value, locale())


_UNITS: dict[str, Callable[[int, str], str]] = {
    "message": lambda count, num: ngettext("%(num)s text message", "%(num)s text messages", count, num=num),
    "text message": lambda count, num: ngettext(
        "%(num)s text message", "%(num)s text messages", count, num=num
    ),
    "token": lambda count, num: ngettext("%(num)s token", "%(num)s tokens", count, num=num),
    "character": lambda count, num: ngettext("%(num)s character", "%(num)s characters", count, num=num),
    "number": lambda count, num: ngettext("%(num)s number", "%(num)s numbers", count, num=num),
    "number-day": lambda count, num: ngettext("%(num)s number-day", "%(num)s number-days", count, num=num),
    "min of speech": lambda _count, num: gettext("%(num)s min of speech", num=num),
    "min": lambda _count, num: gettext("%(num)s min", num=num),
}
