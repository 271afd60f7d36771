"""Rates in the viewer's language: what a step of a meter costs, and the least that an event counts."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from app.billing.catalog.quantities import Units
from app.billing.catalog.rate_labels import RateLabel
from app.language import gettext, ngettext, translated
from app.web.formatting import money_exact, number
from app.web.quantity_text import quantity, units


def init_app(app: Flask) -> None:
    """Give templates the filters."""
    for function in (rate_price, rate_minimum):
        app.add_template_filter(function)


def rate_price(rate: RateLabel) -> str:
    """`$0.03 per min`, `$2.50 per 1M tokens`. Units that the platform usually reports are known by name."""
    amount = money_exact(rate.amount)
    if rate.per_many is not None:
        return gettext("%(amount)s per %(quantity)s", amount=amount, quantity=quantity(rate.per_many))
    if rate.per in _PER:
        return _PER[rate.per](amount)
    return gettext("%(amount)s per %(unit)s", amount=amount, unit=translated(rate.per))


def rate_minimum(rate: RateLabel) -> str:
    """`minimum 30 seconds per call, in increments of 6 seconds`; empty where neither matters."""
    if rate.least and rate.step:
        return gettext(
            "minimum %(least)s per call, in increments of %(step)s",
            least=_counted(rate.least),
            step=_counted(rate.step),
        )
    if rate.least:
        return gettext("minimum %(least)s per call", least=_counted(rate.least))
    return gettext("in increments of %(step)s", step=_counted(rate.step)) if rate.step else ""


def _counted(value: Units) -> str:
    if value.unit == "second":
        return ngettext("%(num)s second", "%(num)s seconds", value.count, num=number(value.count))
    return units(value)


_PER: dict[str, Callable[[str], str]] = {
    "min": lambda amount: gettext("%(amount)s per min", amount=amount),
    "min of speech": lambda amount: gettext("%(amount)s per min of speech", amount=amount),
    "text message": lambda amount: gettext("%(amount)s per text message", amount=amount),
    "number per month": lambda amount: gettext("%(amount)s per number per month", amount=amount),
}
