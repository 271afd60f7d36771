"""Amounts of money from forms."""

from __future__ import annotations

from wtforms import Field

from app.money import Money, MoneyError


def read_amount(field: Field, currency: str) -> Money | None:
    """What was typed into a field. None, with the field's error, for anything that isn't an amount."""
    try:
        return Money.parse(field.data or "", currency)
    except MoneyError as error:
        field.errors = [str(error)]
        return None
