"""What people type into the dashboard's forms."""

from __future__ import annotations

import re
from decimal import Decimal

from stripe_sandbox.currencies import WITHOUT_DECIMALS


class FormError(Exception):
    """What was typed can't be used; the message says what can."""


def amount(text: str, currency: str) -> int | None:
    """Cents from "12.50"; None where nothing was typed. Raises `FormError`."""
    typed = text.strip().removeprefix("$").replace(",", "")
    if not typed:
        return None
    places = 0 if currency in WITHOUT_DECIMALS else 2
    pattern = r"\d{1,9}" + (rf"(\.\d{{1,{places}}})?" if places else "")
    if not re.fullmatch(pattern, typed, re.ASCII):
        example = "1250" if places == 0 else "12.50"
        raise FormError(f"Enter an amount like {example}, or leave it empty for all of it.")
    return int(Decimal(typed).scaleb(places))


def number(text: str, name: str, least: int, most: int) -> int:
    """A whole number within limits. Raises `FormError`."""
    typed = text.strip()
    if not re.fullmatch(r"\d{1,4}", typed, re.ASCII) or not least <= int(typed) <= most:
        raise FormError(f"{name}: enter a whole number from {least} to {most}.")
    return int(typed)
