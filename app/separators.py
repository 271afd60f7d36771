"""The marks with which numbers are typed: before decimals, and between thousands.

`PLAIN` are those of links between our own pages, of the API, of commands and of the product catalog. What people type
is read with those of their locale, as strictly. The same text is another amount to another reader, so marks that
don't fit are refused rather than guessed at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from app.language import DEFAULT, locale
from app.language.formats import group_sizes, typed_marks

_SPACES = " \xa0\u2009\u202f"
_APOSTROPHES = "'\u2019"
_THREE = 3


@dataclass(frozen=True, slots=True)
class Separators:
    """`decimal` is before decimals. `group` is between thousands, as it is written, and `typed_groups` are all that
    count as it, because keyboards have one of them: kinds of spaces, or of apostrophes. `higher` is how many digits
    groups above the thousands have: three, or two in India.
    """

    decimal: str
    group: str
    typed_groups: str
    higher: int

    def as_typed(self, plain: str) -> str:
        """A number with a decimal point, as it is typed: `12,50`."""
        return plain.replace(".", self.decimal)

    def ungrouped(self, typed: str) -> str:
        """The same without marks between thousands, if each is where one belongs; else as it is."""
        if not _grouped(self.typed_groups, self.decimal, self.higher).fullmatch(typed):
            return typed
        return "".join(letter for letter in typed if letter not in self.typed_groups)

    def plain(self, typed: str) -> str | None:
        """The number with a decimal point and without marks between thousands, where it has none that doesn't fit;
        whether it is a number is for the caller to see."""
        ungrouped = self.ungrouped(typed)
        misplaced = {".", ",", *self.typed_groups} - {self.decimal}
        if not misplaced.isdisjoint(ungrouped):
            return None
        return ungrouped.replace(self.decimal, ".")


def of_reader() -> Separators:
    """Those of who reads and types."""
    return of_locale(locale())


@lru_cache
def of_locale(locale: str) -> Separators:
    """Those of a locale."""
    decimal, group = typed_marks(locale)
    alike = next((kind for kind in (_SPACES, _APOSTROPHES) if group in kind), group)
    return Separators(decimal, group, alike, group_sizes(locale)[1])


@lru_cache
def _grouped(groups: str, decimal: str, higher: int) -> re.Pattern[str]:
    mark = f"[{re.escape(groups)}]"
    whole = rf"[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+"
    if higher != _THREE:
        whole = rf"(?:{whole}|[1-9][0-9]{{0,{higher - 1}}}(?:{mark}[0-9]{{{higher}}})*{mark}[0-9]{{3}})"
    return re.compile(rf"{whole}(?:{re.escape(decimal)}[0-9]+)?", re.ASCII)


PLAIN = of_locale(DEFAULT)
