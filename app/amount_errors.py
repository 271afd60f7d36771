"""What to enter instead of something that is no amount, with examples in the marks that it is typed with."""

from __future__ import annotations

from app.language import gettext
from app.separators import Separators

_WHOLE = "50"


def an_amount(separators: Separators) -> str:
    """Nothing was typed."""
    return gettext("Enter an amount, like %(whole)s or %(exact)s.", whole=_WHOLE, exact=_exact(separators))


def above_zero(separators: Separators) -> str:
    """It isn't above zero."""
    return gettext(
        "Enter an amount above zero, like %(whole)s or %(exact)s.", whole=_WHOLE, exact=_exact(separators)
    )


def digits(separators: Separators) -> str:
    """It isn't a number."""
    return gettext(
        "Enter the amount in digits, like %(whole)s or %(exact)s.", whole=_WHOLE, exact=_exact(separators)
    )


def fewer_digits(separators: Separators) -> str:
    """It is more than any amount is."""
    return gettext(
        "That amount is too large. Enter fewer digits, like %(whole)s or %(exact)s.",
        whole=_WHOLE,
        exact=_exact(separators),
    )


def other_marks(separators: Separators) -> str:
    """It has a mark that means something else to other readers, or is where none belongs."""
    exact, thousands = _exact(separators), f"1{separators.group}250"
    if separators.decimal == ",":
        return gettext(
            "Use a decimal comma for cents, like %(exact)s, and write thousands like %(thousands)s.",
            exact=exact,
            thousands=thousands,
        )
    if separators.group == ",":
        return gettext(
            "Use a decimal point for cents, like %(exact)s, and commas only for thousands, like %(thousands)s.",
            exact=exact,
            thousands=thousands,
        )
    return gettext(
        "Use a decimal point for cents, like %(exact)s, and write thousands like %(thousands)s.",
        exact=exact,
        thousands=thousands,
    )


def fewer_decimals(most: int, separators: Separators) -> str:
    """It has more decimals than its currency."""
    if separators.decimal == ",":
        return gettext(
            "Use at most %(most)s digits after the decimal comma, like %(exact)s.",
            most=most,
            exact=_exact(separators),
        )
    return gettext(
        "Use at most %(most)s digits after the decimal point, like %(exact)s.",
        most=most,
        exact=_exact(separators),
    )


def whole_units(currency: str) -> str:
    """It has decimals, and its currency has none."""
    return gettext(
        "%(currency)s has no smaller unit. Enter a whole number, like %(whole)s.",
        currency=currency,
        whole=_WHOLE,
    )


def _exact(separators: Separators) -> str:
    return separators.as_typed("12.50")
