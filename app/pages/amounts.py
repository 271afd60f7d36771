"""Amounts of money in forms, with the marks of the person who types them."""

from __future__ import annotations

from wtforms import Field

from app import amount_errors, separators
from app.language import locale
from app.language.formats import without_sign
from app.money import Money, MoneyError


def read_amount(field: Field, currency: str) -> Money | None:
    """What was typed into a field. None, with the field's error, for anything that isn't an amount."""
    try:
        return parse_typed(field.data or "", currency)
    except MoneyError as error:
        field.errors = [str(error)]
        return None


def parse_typed(text: str, currency: str) -> Money:
    """What the reader typed, with the currency's sign or without. Raises `MoneyError` with a message for the form."""
    bare = without_sign(text.strip(), currency, locale())
    # A dollar sign is left out below, once.
    return Money.parse(text if bare.startswith("$") else bare, currency, separators.of_reader())


def as_typed(plain: object) -> str:
    """A number with a decimal point, as the reader would type it: what a field is filled in with."""
    return separators.of_reader().as_typed(str(plain))


def from_link(plain: str, currency: str) -> str:
    """An amount of a link, as the reader would type it; what is none stays as it is."""
    marks = separators.of_reader()
    if marks == separators.PLAIN:
        return plain
    try:
        return marks.as_typed(Money.parse(plain, currency).plain)
    except MoneyError:
        return plain


def above_zero() -> str:
    """What to enter instead of nothing."""
    return amount_errors.above_zero(separators.of_reader())
