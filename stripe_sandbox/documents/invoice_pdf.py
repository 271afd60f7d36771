"""An invoice on one page."""

from __future__ import annotations

from typing import Any

from stripe_sandbox.amounts import money
from stripe_sandbox.documents.pdf import Text, write
from stripe_sandbox.documents.wording import MERCHANT, day, state

LEFT, RIGHT = 56, 556
MOST_LINES = 24


def invoice_pdf(invoice: dict[str, Any]) -> bytes:
    """The PDF of a finalized invoice."""
    title = f"Invoice {invoice['number']}"
    texts = [
        Text(LEFT, 72, "Invoice", 24, bold=True),
        Text(LEFT, 92, "Test mode: no money moved"),
        *_facts(invoice),
        *_lines(invoice),
    ]
    return write(texts, title=title)


def _facts(invoice: dict[str, Any]) -> list[Text]:
    facts = {
        "Number": invoice["number"],
        "Date": day(invoice["effective_at"]),
        "Status": state(invoice),
        "From": MERCHANT,
        "To": invoice["customer_name"] or invoice["customer_email"] or invoice["customer"],
    }
    rows = []
    for index, (name, value) in enumerate(facts.items()):
        y = 126 + 16 * index
        rows += [Text(LEFT, y, name, bold=True), Text(LEFT + 80, y, value)]
    return rows


def _lines(invoice: dict[str, Any]) -> list[Text]:
    currency = invoice["currency"]
    found = invoice["lines"]["data"]
    y = 240.0
    rows = [Text(LEFT, y, "Description", bold=True), Text(RIGHT - 40, y, "Amount", bold=True)]
    for line in found[:MOST_LINES]:
        y += 18
        rows += [Text(LEFT, y, line["description"] or "Item"), _amount(y, line["amount"], currency)]
    if len(found) > MOST_LINES:
        y += 18
        rows.append(Text(LEFT, y, f"and {len(found) - MOST_LINES} more"))
    for name, value in (("Total", invoice["total"]), ("Amount due", invoice["amount_due"])):
        y += 24
        rows += [Text(LEFT, y, name, bold=True), _amount(y, value, currency, bold=True)]
    return rows


def _amount(y: float, value: int, currency: str, *, bold: bool = False) -> Text:
    return Text(RIGHT, y, money(value, currency).replace("\N{MINUS SIGN}", "-"), bold=bold, right=True)
