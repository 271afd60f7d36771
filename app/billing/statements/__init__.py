"""The monthly statement, equal to the ledger to the cent."""

from __future__ import annotations

from app.billing.statements.overview import MonthLine, list_months
from app.billing.statements.rounding import line_to_the_cent, to_the_cent
from app.billing.statements.statement import (
    NoStatementError,
    Spent,
    Statement,
    gather,
    gather_with_lines,
    months,
)

__all__ = [
    "MonthLine",
    "NoStatementError",
    "Spent",
    "Statement",
    "gather",
    "gather_with_lines",
    "headers",
    "line_to_the_cent",
    "lines",
    "list_months",
    "months",
    "to_the_cent",
]
