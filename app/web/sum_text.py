"""The lines of a breakdown in the viewer's language: they are stored in English, or as Stripe says them.

What Stripe wrote stays as it is, such as the description of a charge, the name of a tax or of a coupon.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask

from app.language import gettext, translated

_EXEMPT = re.compile(r"(?P<tax>.*) \((?P<why>reverse charge|exempt)\)")
_CODE = re.compile(r"(?P<discount>.*) \(code (?P<code>[^()]*)\)")
_INCLUDED = re.compile(r"(?P<charge>.*) \((?P<discounts>.*) included\)")
_OFF = re.compile(r"(?P<name>.*), (?P<off>[0-9.]+(?:%| [A-Z]{3})) off")


def init_app(app: Flask) -> None:
    """Give templates the filter."""
    app.add_template_filter(sum_text)


def sum_text(words: str) -> str:
    """A line of `app.payments.invoice_sums`: `VAT 19% (reverse charge)`, `Spring, 10% off (code SPRING10)`."""
    for pattern, said in _SAID.items():
        if found := pattern.fullmatch(words):
            return said(found)
    return translated(words)


def _exempt(found: re.Match[str]) -> str:
    tax = sum_text(found["tax"])
    if found["why"] == "exempt":
        return gettext("%(tax)s (exempt)", tax=tax)
    return gettext("%(tax)s (reverse charge)", tax=tax)


def _included(found: re.Match[str]) -> str:
    discounts = sum_text(found["discounts"])
    return gettext("%(charge)s (%(discounts)s included)", charge=found["charge"], discounts=discounts)


_SAID: dict[re.Pattern[str], Callable[[re.Match[str]], str]] = {
    _EXEMPT: _exempt,
    _CODE: lambda found: gettext(
        "%(discount)s (code %(code)s)", discount=sum_text(found["discount"]), code=found["code"]
    ),
    _INCLUDED: _included,
    _OFF: lambda found: gettext("%(name)s, %(off)s off", name=found["name"], off=found["off"]),
}
