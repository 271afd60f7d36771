"""Invoice sums as JSON: each line with its text, amount and kind."""

from __future__ import annotations

from collections.abc import Iterable

from app.models.columns import Json
from app.money import Money
from app.payments.invoice_sums import SumKind, SumLine, Sums


def pack(sums: Sums) -> Json:
    """Sums as JSON, in micro-units of one currency."""
    return {
        "lines": pack_lines(sums.lines),
        "total": sums.total.micro,
        "due": sums.due.micro,
        "currency": sums.due.currency,
    }


def unpack(stored: Json) -> Sums:
    """Sums again."""
    currency = stored["currency"]
    return Sums(
        unpack_lines(stored["lines"], currency),
        Money(stored["total"], currency),
        Money(stored["due"], currency),
    )


def pack_lines(lines: Iterable[SumLine]) -> list[Json]:
    """Lines as JSON."""
    return [{"words": one.words, "micro": one.amount.micro, "kind": one.kind.value} for one in lines]


def unpack_lines(stored: Iterable[Json], currency: str) -> tuple[SumLine, ...]:
    """Lines again; those stored before lines had kinds are charges."""
    return tuple(
        SumLine(one["words"], Money(one["micro"], currency), SumKind(one.get("kind", SumKind.CHARGE)))
        for one in stored
    )
