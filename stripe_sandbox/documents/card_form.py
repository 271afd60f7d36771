"""The card that a payer types into the page of an invoice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_EXPIRY = re.compile(r"(\d{1,2})\s*/\s*(\d{2}|\d{4})", re.ASCII)
_FIELDS = {"number": "number", "exp_month": "expiry", "exp_year": "expiry", "cvc": "cvc"}


@dataclass(frozen=True, slots=True)
class CardForm:
    """What was typed. The security code is stored nowhere, not even for the page that says what is wrong."""

    number: str = ""
    expiry: str = ""
    cvc: str = ""

    @classmethod
    def read(cls, form: Mapping[str, str]) -> CardForm:
        return cls(*(form.get(name, "").strip() for name in ("number", "expiry", "cvc")))

    def problems(self) -> dict[str, str]:
        """What to put right before the card can be tried, by field."""
        found = {
            "number": "" if self.number else "Enter the number on the card.",
            "expiry": "" if _EXPIRY.fullmatch(self.expiry) else "Enter month and year, like 04 / 31.",
            "cvc": "" if self.cvc else "Enter the security code.",
        }
        return {name: words for name, words in found.items() if words}

    def params(self) -> dict[str, Any]:
        """The card as the API takes it; only for a form without problems."""
        found = _EXPIRY.fullmatch(self.expiry)
        month, year = (int(part) for part in found.groups()) if found else (0, 0)
        century = 2000 if year < 100 else 0
        return {"number": self.number, "exp_month": month, "exp_year": century + year, "cvc": self.cvc}


def field_of(param: str | None) -> str:
    """The field that a refusal of the API is about; empty where it is about none."""
    return _FIELDS.get(param or "", "")
