"""Lines of a statement: a movement by its name and detail, usage by its meter, day, campaign and agent."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from flask import Flask

from app.billing.catalog.quantities import Units
from app.billing.statements import lines
from app.billing.statements.lines import StatementLine
from app.models import TransferKind
from app.money import Money
from tests.factories import usd

POSTED, USED = date(2026, 9, 2), date(2026, 8, 31)


def a_row(part: str, name: str, micro: int, **values: Any) -> SimpleNamespace:
    known = {"posted_on": POSTED, "day": USED, "detail": "", "campaign": "", "agent": "", "units": None}
    return SimpleNamespace(part=part, name=name, amount=micro, **(known | values))


def read(*rows: SimpleNamespace) -> list[StatementLine]:
    return list(lines.read(rows, "USD"))


def test_no_rows_are_no_lines() -> None:
    assert read() == []


def test_a_movement_has_its_detail_and_neither_a_day_of_use_nor_a_quantity() -> None:
    assert read(a_row("moved", "top_up", 50_000_000, detail="Visa ending in 4242")) == [
        StatementLine(POSTED, None, TransferKind.TOP_UP, "", "Visa ending in 4242", "", "", None, usd("50"))
    ]


def test_usage_has_the_day_of_use_beside_that_of_posting_and_counts_to_the_unit(app: Flask) -> None:
    row = a_row("used", "calls_outbound", -12, units=61, campaign="Recall", agent="Ava", detail="x")
    assert read(row) == [
        StatementLine(
            POSTED,
            USED,
            TransferKind.USAGE,
            "Outbound calls, US and Canada",
            "",
            "Recall",
            "Ava",
            Units(61, "second"),
            Money(-12, "USD"),
        )
    ]


def test_usage_of_a_meter_that_no_catalog_knows_keeps_its_key(app: Flask) -> None:
    [line] = read(a_row("used", "carrier_pigeons", -1, units=3))
    assert "carrier" in line.meter.lower()
    assert line.quantity is not None
    assert line.quantity.count == 3


def test_lines_keep_the_order_of_the_rows(app: Flask) -> None:
    rows = [
        a_row("used", "sms", -1, units=1),
        a_row("moved", "refund", -2),
        a_row("used", "sms", -3, units=1),
    ]
    assert [line.amount.micro for line in read(*rows)] == [-1, -2, -3]
