"""An invoice on one page."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

from stripe_sandbox.amounts import money
from stripe_sandbox.documents.pdf import Text, write
from stripe_sandbox.documents.wording import MERCHANT, day, recipient, state
from stripe_sandbox.resources.billing.invoice_lifecycle import OWED

LEFT, RIGHT = 56, 556
MOST_LINES = 18
LONGEST = 84
"""Letters of a description that fit beside its amount."""


def invoice_pdf(invoice: dict[str, Any]) -> bytes:
    """The PDF of a finalized invoice."""
    title = f"Invoice {invoice['number']}"
    facts = _facts(invoice)
    texts = [
        Text(LEFT, 72, "Invoice", 24, bold=True),
        Text(LEFT, 92, "Test mode: no money moves"),
        *facts,
        *_lines(invoice, facts[-1].y + 38),
    ]
    return write(texts, title=title)


def _facts(invoice: dict[str, Any]) -> list[Text]:
    """What is above the lines; a fact may have several lines of its own."""
    paid_at = invoice["status_transitions"]["paid_at"]
    facts = {
        "Number": [invoice["number"]],
        "Date": [day(invoice["effective_at"])],
        "Status": [state(invoice)],
        "Paid on": [day(paid_at)] if paid_at else [],
        "From": [MERCHANT],
        "To": recipient(invoice),
        **{one["name"]: [one["value"]] for one in invoice["custom_fields"] or []},
    }
    rows, y = [], 110
    for name, values in facts.items():
        for index, value in enumerate(values):
            y += 16
            rows += [Text(LEFT, y, name, bold=True)] if index == 0 else []
            rows.append(Text(LEFT + 110, y, value))
    return rows


def _lines(invoice: dict[str, Any], y: float) -> list[Text]:
    currency = invoice["currency"]
    found = invoice["lines"]["data"]
    rows = [Text(LEFT, y, "Description", bold=True), Text(RIGHT - 40, y, "Amount", bold=True)]
    for line in found[:MOST_LINES]:
        y += 18
        words = shorten(line["description"] or "Item", LONGEST, placeholder="…")
        rows += [Text(LEFT, y, words), _amount(y, line["amount"], currency)]
    if len(found) > MOST_LINES:
        y += 18
        rows.append(Text(LEFT, y, f"and {len(found) - MOST_LINES} more"))
    for name, value in _sums(invoice).items():
        y += 24
        rows += [Text(LEFT, y, name, bold=True), _amount(y, value, currency, bold=True)]
    return rows


def _sums(invoice: dict[str, Any]) -> dict[str, int]:
    """What all lines cost, and what is left of that; between them the customer's credit, where some was moved."""
    from_credit = invoice["amount_due"] - invoice["total"]
    credit = (
        {"Credit used" if from_credit < 0 else "Added to your credit": from_credit} if from_credit else {}
    )
    left = invoice["amount_remaining"] if invoice["status"] in OWED else 0
    return {"Total": invoice["total"], **credit, "Amount due": invoice["amount_due"], "Remaining": left}


def _amount(y: float, value: int, currency: str, *, bold: bool = False) -> Text:
    return Text(RIGHT, y, money(value, currency).replace("\N{MINUS SIGN}", "-"), bold=bold, right=True)
