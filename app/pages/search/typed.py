"""Reads what is typed into the search: words, and an amount, a month or the last digits of a card among them.

Any text is valid. What isn't understood stays a word that names are searched for.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from unicodedata import combining, normalize
from uuid import UUID

from app import separators
from app.language import locale, translated
from app.language.formats import date_text
from app.money import Money, MoneyError
from app.months import Month
from app.text import tidied, without_unstorable

LONGEST = 255
"""The longest name that a call or a campaign has, in characters."""

_SHORTEST_MONTH = 3
_YEAR = re.compile(r"20[0-9]{2}", re.ASCII)
_CARD = re.compile(r"[0-9]{4}", re.ASCII)
_SYMBOLS = "$\u20ac\u00a3\u00a5"
_WORD = re.compile(r"[^\W_]+(?:[.,'\u2019-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed: the `text` as a whole, its `words` in lower case, and what they mean.

    `month` is the last one of that name that isn't in the future. `card` is four digits, as a card's number ends.
    `number` is the id of something.
    """

    text: str
    words: tuple[str, ...] = ()
    amount: Money | None = None
    month: Month | None = None
    card: str | None = None
    number: UUID | None = None

    def has(self, *words: str) -> bool:
        """Whether one of these was typed, with or without its accents."""
        return not {folded(word) for word in words}.isdisjoint(map(folded, self.words))

    def means(self, synonyms: str) -> bool:
        """Whether one of the words of a message was typed, which are separated by commas."""
        return self.has(*words_of(translated(synonyms)))

    @property
    def is_amount(self) -> bool:
        """Whether it is an amount and nothing else."""
        return self.amount is not None and len(self.text.split()) == 1


def words_of(text: str) -> tuple[str, ...]:
    """Its words, in lower case."""
    return tuple(word.casefold() for word in _WORD.findall(text))


def folded(word: str) -> str:
    """As people may type it: in lower case, and without accents."""
    return "".join(one for one in normalize("NFKD", word.casefold()) if not combining(one))


def read(text: str, currency: str, today: date) -> Typed:
    """Read what was typed; amounts are in `currency`, if they name no other one."""
    tidy = tidied(without_unstorable(text))[:LONGEST].strip()
    words = words_of(tidy)
    return Typed(
        text=tidy,
        words=words,
        amount=_amount(tidy, currency),
        month=_month(words, today),
        card=next((word for word in words if _CARD.fullmatch(word)), None),
        number=_number(tidy),
    )


def _amount(text: str, currency: str) -> Money | None:
    for part in text.split():
        plain = part.strip(_SYMBOLS).removesuffix(".")
        if not plain[:1].isdecimal():
            continue
        for marks in (separators.of_reader(), separators.PLAIN):
            with suppress(MoneyError):
                return Money.parse(plain, currency, marks)
    return None


def _month(words: tuple[str, ...], today: date) -> Month | None:
    written = next((month for word in words if (month := Month.parse(word))), None)
    if written is not None:
        return written
    number = next((found for word in words if (found := _month_number(word))), None)
    if number is None:
        return None
    year = next((int(word) for word in words if _YEAR.fullmatch(word)), None)
    if year is not None:
        return Month(year, number)
    return Month(today.year if number <= today.month else today.year - 1, number)


def _month_number(word: str) -> int | None:
    if len(word) < _SHORTEST_MONTH:
        return None
    return next(
        (place for place, name in enumerate(_months(locale()), 1) if name.startswith(folded(word))), None
    )


@cache
def _months(locale: str) -> list[str]:
    """The names of the months, as the reader may type them."""
    return [folded(date_text(date(2000, place, 1), "LLLL", locale)) for place in range(1, 13)]


def _number(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
