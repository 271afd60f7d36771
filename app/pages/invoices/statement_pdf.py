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
from app.language import gettext, ngettext, translated
from app.months import Month
from app.pages.invoices.invoice_text import with_taxes
from app.pages.labels import movements_label
from app.web import pdf
from app.web.formatting import day_long, money, month, number
from app.web.quantity_text import units

SHOWN = 250
"""How many campaigns, and agents, are printed: some pages. Each takes 0.2 MB during typesetting."""

_LETTER = frozenset({"BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"})
"""Where paper is of letter size; elsewhere it is A4 (CLDR, supplementalData.xml, paperSize)."""
_PAGE, _PAGES = "{page}", "{pages}"
"""Where the footer has the number of a page, and of pages: only the typesetter knows them."""


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
class Labels:
    """What the document calls its parts."""

    billed_to: str
    issued_by: str
    number: str
    issued: str
    balance: str
    description: str
    quantity: str
    amount: str
    opening: str
    closing: str
    cost: str
    page: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that `documents/statement.typ` prints."""

    title: str
    organization: str
    wallet: str
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
    labels: Labels
    mark: str
    language: str
    region: str
    paper: str


def number_of(slug: str, month: Month) -> str:
    """A statement's number, like `HARBOR-DENTAL-2026-10`: there is one for each organization and month, and both the
    organization's short name and the month stay."""
    return f"{slug}-{month}".upper()


def document(
    number: str, head: StatementHeader, statement: Statement, charges: Sequence[InvoiceView] = ()
) -> bytes:
    """A statement that is rounded to the cent (`statements.to_the_cent`) as PDF: for a past month always the same,
    dated at its end. `charges` are for the plan."""
    issued = _issued(head, statement)
    dated = clock.about_now() if statement.is_open else datetime.combine(issued, time(), UTC)
    return pdf.typeset("statement", facts(number, head, statement, charges), dated=dated)


def facts(
    number: str, head: StatementHeader, statement: Statement, charges: Sequence[InvoiceView] = ()
) -> Facts:
    """The statement's content."""
    days, (first, last) = statement.month, (statement.month.first, statement.month.last)
    zone = head.timezone.replace("_", " ")
    return Facts(
        title=gettext("%(month)s statement", month=month(days.first)),
        organization=head.name,
        wallet=gettext("%(organization)s wallet", organization=head.name),
        issuer=current_app.config["SETTINGS"].statement_issuer,
        number=number,
        issued=day_long(_issued(head, statement)),
        addressee=head.billed,
        period=gettext(
            "%(first)s to %(last)s, %(zone)s.", first=day_long(first), last=day_long(last), zone=zone
        ),
        state=_state(statement),
        opening=money(statement.opening),
        lines=tuple(_lines(statement)),
        closing=money(statement.closing),
        parts=_parts(statement, charges),
        labels=_labels(),
        mark=current_app.extensions["assets"]["icon.svg"].content.decode(),
        language=language.language_of(language.locale()),
        region=_region(),
        paper="us-letter" if _region() in _LETTER else "a4",
    )


def _state(statement: Statement) -> str:
    rounded = gettext("Amounts are rounded to the cent and add up. The CSV file has exact ones.")
    if statement.is_open:
        return f"{gettext('Month in progress: figures may still change.')} {rounded}"
    return f"{gettext('Month closed: figures are final.')} {rounded}"


def _labels() -> Labels:
    return Labels(
        billed_to=gettext("Billed to"),
        issued_by=gettext("Issued by"),
        number=gettext("Statement number"),
        issued=gettext("Date of issue"),
        balance=gettext("Opening to closing balance"),
        description=gettext("Description"),
        quantity=gettext("Quantity"),
        amount=gettext("Amount"),
        opening=gettext("Opening balance"),
        closing=gettext("Closing balance"),
        cost=gettext("Cost"),
        page=gettext("Page %(page)s of %(pages)s", page=_PAGE, pages=_PAGES),
    )


def _parts(statement: Statement, charges: Sequence[InvoiceView]) -> tuple[PrintedTable, ...]:
    no_campaign, no_agent = gettext("No campaign"), gettext("No agent")
    return (
        PrintedTable(
            gettext("Usage by campaign"),
            "",
            gettext("Campaign"),
            _costs((one.name or no_campaign, one) for one in statement.campaigns),
        ),
        PrintedTable(
            gettext("Usage by agent"),
            "",
            gettext("Agent"),
            _costs((one.name or no_agent, one) for one in statement.agents),
        ),
        PrintedTable(
            gettext("Usage from earlier days"),
            gettext("Reported late and posted this month. It's included in the usage above."),
            gettext("Used on"),
            _costs((day_long(one.day), one) for one in statement.late),
        ),
        PrintedTable(
            gettext("Plan invoices"),
            gettext("Charged to a card, not to the wallet. Top-ups are prepaid credit and aren't taxed."),
            gettext("Invoice"),
            tuple(Cost(_invoice(one), money(one.amount)) for one in charges),
        ),
    )


def _region() -> str:
    """The country of the reader's locale by its two letters; empty for a larger region, such as Latin America."""
    region = language.locale().partition("_")[2]
    return region if region.isalpha() else ""


def _issued(head: StatementHeader, statement: Statement) -> date:
    """The day on which the month was over, or today: figures of a month in progress may change."""
    if statement.is_open:
        return clock.about_now().astimezone(ZoneInfo(head.timezone)).date()
    return statement.month.last + timedelta(days=1)


def _invoice(one: InvoiceView) -> str:
    """Like `HD-0007, Growth, with VAT 19% $18.81`."""
    return gettext("%(number)s, %(invoice)s", number=one.number, invoice=with_taxes(one))


def _lines(statement: Statement) -> Iterable[PrintedLine]:
    for move in statement.moves:
        yield PrintedLine(movements_label(move.kind), money(move.amount), number(move.count))
    for used in statement.usage:
        label = translated(used.label)
        yield PrintedLine(label, money(-used.cost), units(used.quantity), used.group.label)


def _costs(rows: Iterable[tuple[str, Costing]]) -> tuple[Cost, ...]:
    """The most expensive ones, and the total of the others."""
    known = list(rows)
    costly = shortlist([one for _, one in known], SHOWN)
    shown = [Cost(what, money(one.cost)) for what, one in known[:SHOWN]]
    if costly.others_cost is not None:
        words = ngettext(
            "%(num)s more, listed in the CSV file",
            "%(num)s more, listed in the CSV file",
            costly.others,
            num=number(costly.others),
        )
        shown.append(Cost(words, money(costly.others_cost)))
    return tuple(shown)
