"""Money: whole micro-units of one currency. Never a float.

One unit of a currency (1 USD) is 1,000,000 micro-units in the database and the domain. Card charges are in the
currency's smallest unit (cents; yen has none), see `app.currencies`. Amounts are formatted only at the edge
(`app.web.formatting`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from babel.numbers import format_currency

from app import amount_errors as wanted
from app.currencies import digits_of, is_written_as_babel_does, stripe_digits_of
from app.separators import PLAIN, Separators

MICRO = 1_000_000
MAX_MICRO = 2**63 - 1
"""The largest amount that a PostgreSQL bigint holds; nothing larger can be stored."""

_PLAIN = re.compile(r"(?P<whole>[0-9]{1,12})(?:\.(?P<part>[0-9]+))?", re.ASCII)
_TOO_LONG = re.compile(r"[0-9]{13,}(?:\.[0-9]*)?", re.ASCII)


class MoneyError(ValueError):
    """An amount is invalid or too large; the message says what to enter instead."""


class CurrencyMismatchError(MoneyError):
    """Amounts of different currencies were combined."""


def _minor_unit(currency: str) -> int:
    """How many micro-units one unit in Stripe's API has."""
    return int(MICRO // 10 ** stripe_digits_of(currency))


def smallest_unit(currency: str) -> int:
    """The smallest chargeable step in micro-units: a cent of USD, a whole ISK."""
    return int(MICRO // 10 ** digits_of(currency))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in micro-units of a currency (ISO 4217, upper case)."""

    micro: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.micro) is not int:
            raise MoneyError(f"Money holds whole micro-units, not {type(self.micro).__name__}.")
        if not -MAX_MICRO <= self.micro <= MAX_MICRO:
            raise MoneyError("The amount is larger than the ledger can hold.")

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> Money:
        """From the unit in which Stripe gives amounts (cents for USD)."""
        return cls(minor * _minor_unit(currency), currency)

    @classmethod
    def parse(cls, text: str, currency: str, separators: Separators = PLAIN) -> Money:
        """Parse what was typed: digits and at most one mark before decimals, in whole smallest units.

        Marks between thousands are allowed where they belong. Signs, exponents, words and other marks are refused
        rather than guessed at: `12,50` is twelve and a half to one reader and a mistyped 1250 to another. Raises
        `MoneyError` with a message for the form.
        """
        cleaned = text.strip().removeprefix("$").strip()
        if not cleaned:
            raise MoneyError(wanted.an_amount(separators))
        if cleaned.startswith(("-", "\u2212")):
            raise MoneyError(wanted.above_zero(separators))
        plain = separators.plain(cleaned)
        if plain is None:
            raise MoneyError(wanted.other_marks(separators))
        match = _PLAIN.fullmatch(plain)
        if match is None:
            say = wanted.fewer_digits if _TOO_LONG.fullmatch(plain) else wanted.digits
            raise MoneyError(say(separators))
        part, digits = match["part"] or "", digits_of(currency)
        if len(part) > digits:
            raise MoneyError(
                wanted.fewer_decimals(digits, separators) if digits else wanted.whole_units(currency)
            )
        return cls(int(match["whole"]) * MICRO + int(part.ljust(6, "0") or 0), currency)

    @property
    def minor(self) -> int:
        """In the unit of Stripe's API; raises `MoneyError` if a fraction of it would be lost."""
        if self.micro % smallest_unit(self.currency):
            raise MoneyError(f"{self.decimal} {self.currency} is not a whole number of its smallest unit.")
        return self.micro // _minor_unit(self.currency)

    @property
    def exact(self) -> str:
        """All six decimals of the ledger, for programs: `-12.345600`."""
        whole, part = divmod(abs(self.micro), MICRO)
        return f"{'-' if self.micro < 0 else ''}{whole}.{part:06d}"

    @property
    def decimal(self) -> Decimal:
        """The exact amount in units of the currency, without trailing zeros beyond its own decimals."""
        exact = Decimal(self.micro) / MICRO
        shortest = exact.quantize(Decimal(1).scaleb(-digits_of(self.currency)), rounding=ROUND_HALF_UP)
        return shortest if shortest == exact else exact.normalize()

    @property
    def rounded(self) -> Decimal:
        """In units of the currency with its own decimals, for showing; halves away from zero."""
        smallest = Decimal(1).scaleb(-digits_of(self.currency))
        return (Decimal(self.micro) / MICRO).quantize(smallest, rounding=ROUND_HALF_UP)

    @property
    def to_smallest_unit(self) -> Money:
        """The same as `rounded`: a whole number of cents."""
        return Money(int(self.rounded * MICRO), self.currency)

    @property
    def is_written_as_babel_does(self) -> bool:
        """Whether Babel's number of decimals is enough to show what a card is charged; otherwise two are."""
        return is_written_as_babel_does(self.currency)

    def __str__(self) -> str:
        """As operators read it, in findings, logs and command output: `$49.00`, `-$49.00`, `¥500`."""
        by_babel = is_written_as_babel_does(self.currency)
        return format_currency(self.rounded, self.currency, locale="en_US", currency_digits=by_babel)

    @property
    def plain(self) -> str:
        """For a form field: `50` or `12.50`, without sign or symbol of the currency."""
        exact = Decimal(self.micro) / MICRO
        return str(int(exact)) if exact == int(exact) else str(self.decimal)

    def __add__(self, other: Money) -> Money:
        return Money(self.micro + self._same(other).micro, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.micro - self._same(other).micro, self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.micro * times, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.micro, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.micro), self.currency)

    def __bool__(self) -> bool:
        return self.micro != 0

    def __lt__(self, other: Money) -> bool:
        return self.micro < self._same(other).micro

    def __le__(self, other: Money) -> bool:
        return self.micro <= self._same(other).micro

    def __gt__(self, other: Money) -> bool:
        return self.micro > self._same(other).micro

    def __ge__(self, other: Money) -> bool:
        return self.micro >= self._same(other).micro

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency} can't be combined.")
        return other


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of `amounts`, zero for none. Raises `CurrencyMismatchError`."""
    return sum(amounts, Money.zero(currency))


def parts_of(whole: Money, parts: Sequence[Money]) -> tuple[Money, ...]:
    """Amounts in whole cents that add up to `whole`, which is in whole cents and rounds what the parts add up to.

    Each is rounded down, and the parts that lose most by it get a cent more ("largest remainder"): none is off by a
    cent or more where `whole` is what they add up to, rounded. What is nothing stays nothing; where all are, or there
    are no parts, `whole` has to be zero.
    """
    places = [place for place, part in enumerate(parts) if part]
    cents = [0] * len(parts)
    if places:
        unit = smallest_unit(whole.currency)
        least = {place: parts[place].micro // unit for place in places}
        for_each, left = divmod(whole.micro // unit - sum(least.values()), len(places))
        losing = sorted(places, key=lambda place: -(parts[place].micro % unit))
        for place in places:
            cents[place] = (least[place] + for_each) * unit
        for place in losing[:left]:
            cents[place] += unit
    return tuple(Money(micro, whole.currency) for micro in cents)


def in_and_out(opening: Money, closing: Money, added: Money, used: Money) -> tuple[Money, Money]:
    """What was added and what was used, in whole cents, so that they lead from `opening` to `closing`, which are in
    whole cents. What was nothing stays nothing."""
    moved = parts_of(closing - opening, [added, -used])
    return moved[0], -moved[1]


def half_up(exact: Fraction) -> int:
    """Round to whole micro-units, halves away from zero: the one rounding of a charged line."""
    return half_up_ratio(exact.numerator, exact.denominator)


def half_up_ratio(numerator: int, denominator: int) -> int:
    """The same of a fraction that no one needs to reduce; `denominator` is above zero."""
    rounded = (2 * abs(numerator) + denominator) // (2 * denominator)
    return rounded if numerator >= 0 else -rounded
