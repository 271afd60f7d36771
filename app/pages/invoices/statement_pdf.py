"""The content of the statement's PDF, in the viewer's locale."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app

from app import language
from app.billing.activity.shortlists import Costing, shortlist
from app.billing.invoices import InvoiceView
from app.billing.statements import Statement
from app.billing.statements.headers import StatementHeader
from app.clock import clock
from app.months import Month
from app.pages.labels import movements_label
from app.web import pdf
from app.web.formatting import day_long, money, money_exact, month, number
from app.web.quantity_text import units

SHOWN = 250
"""How many campaigns, and agents, are printed: some pages. Each takes 0.2 MB during typesetting."""

_LETTER = {"en_US", "en_CA"}


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A row between the opening and the closing balance."""

    what: str
    amount: str
    quantity: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """A row of a table: an item and its cost."""

    what: str
    amount: str


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table below the balance; one without rows isn't printed."""

    title: str
    about: str
    head: str
    rows: tuple[Cost, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that `documents/statement.typ` prints."""

    title: str
    organization: str
    issuer: tuple[str, ...]
    number: str
    issued: str
    addressee: tuple[str, ...]
    period: str
    state: str
    opening: str
    lines: tuple[PrintedLine, ...]
    closing: str
    parts: tuple[PrintedTable, ...]
    mark: str
    paper: str
    region: str


def number_of(slug: str, month: Month) -> str:
    """A statement's number, like `HARBOR-DENTAL-2026-10`: there is one for each organization and month, and both the
    organization's short name and the month stay."""
    return f"{slug}-{month}".upper()


def document(
    number: str, head: StatementHeader, statement: Statement, charges: Sequence[InvoiceView] = ()
) -> bytes:
    """The statement as PDF: for a past month always the same, dated at its end. `charges` are for the plan."""
    issued = _issued(head, statement)
    dated = clock.about_now() if statement.is_open else datetime.combine(issued, time(), UTC)
    return pdf.typeset("statement", facts(number, head, statement, charges), dated=dated)


def facts(
    number: str, head: StatementHeader, statement: Statement, charges: Sequence[InvoiceView] = ()
) -> Facts:
    """The statement's content."""
    locale, days = language.locale(), statement.month
    zone = head.timezone.replace("_", " ")
    return Facts(
        title=f"{month(days.first)} statement",
        organization=head.name,
        issuer=current_app.config["SETTINGS"].statement_issuer,
        number=number,
        issued=day_long(_issued(head, statement)),
        addressee=head.billed,
        period=f"{day_long(days.first)} to {day_long(days.last)}, {zone}.",
        state="Month in progress: figures may still change."
        if statement.is_open
        else "Month closed: figures are final.",
        opening=money_exact(statement.opening),
        lines=tuple(_lines(statement)),
        closing=money_exact(statement.closing),
        parts=(
            PrintedTable(
                "Usage by campaign",
                "",
                "Campaign",
                _costs((one.name or "No campaign", one) for one in statement.campaigns),
            ),
            PrintedTable(
                "Usage by agent",
                "",
                "Agent",
                _costs((one.name or "No agent", one) for one in statement.agents),
            ),
            PrintedTable(
                "Usage from earlier days",
                "Reported late and posted this month. It's included in the usage above.",
                "Used on",
                _costs((day_long(one.day), one) for one in statement.late),
            ),
            PrintedTable(
                "Plan invoices",
                "Charged to a card, not to the wallet. Top-ups are prepaid credit and aren't taxed.",
                "Invoice",
                tuple(Cost(_invoice(one), money(one.amount)) for one in charges),
            ),
        ),
        mark=current_app.extensions["assets"]["icon.svg"].content.decode(),
        paper="us-letter" if locale in _LETTER else "a4",
        region=locale.partition("_")[2],
    )


def _issued(head: StatementHeader, statement: Statement) -> date:
    """The day on which the month was over, or today: figures of a month in progress may change."""
    if statement.is_open:
        return clock.about_now().astimezone(ZoneInfo(head.timezone)).date()
    return statement.month.last + timedelta(days=1)


def _invoice(one: InvoiceView) -> str:
    """Like `HD-0007, Growth, with VAT 19% $18.81`."""
    taxes = [f"{tax.words} {money(tax.amount)}" for tax in one.sums.taxes] if one.sums else []
    words = f"{one.number}, {one.description}"
    return f"{words}, with {', '.join(taxes)}" if taxes else words


def _lines(statement: Statement) -> Iterable[PrintedLine]:
    for move in statement.moves:
        yield PrintedLine(movements_label(move.kind), money_exact(move.amount), number(move.count))
    for used in statement.usage:
        yield PrintedLine(used.label, money_exact(-used.cost), units(used.quantity), used.group.label)


def _costs(rows: Iterable[tuple[str, Costing]]) -> tuple[Cost, ...]:
    """The most expensive ones, and the total of the others."""
    known = list(rows)
    costly = shortlist([one for _, one in known], SHOWN)
    shown = [Cost(what, money_exact(one.cost)) for what, one in known[:SHOWN]]
    if costly.others_cost is not None:
        words = f"{number(costly.others)} more, listed in the CSV file"
        shown.append(Cost(words, money_exact(costly.others_cost)))
    return tuple(shown)
