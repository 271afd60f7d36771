"""The wallet's monthly statements: a page to read, a PDF to keep and a CSV file to work with."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, render_template

from app.billing import statements
from app.billing.money import Money
from app.billing.months import Month
from app.billing.statements import NoStatementError, Statement
from app.pages.csv_rows import csv_row
from app.pages.invoices import statement_pdf
from app.pages.invoices.routes import blueprint
from app.web import errors
from app.web.identity import current_organization, org_admin_required

_HEAD = ("section", "what", "quantity", "unit", "amount", "currency")


@blueprint.get("/statements/<month>")
@org_admin_required
def show_statement(month: str) -> str | Response:
    """The statement of a month, like `2026-11`."""
    statement = _statement(month)
    if statement is None:
        return _missing()
    return render_template("invoices/statement.html", statement=statement)


@blueprint.get("/statements/<month>.csv")
@org_admin_required
def export_statement(month: str) -> Response:
    """The same as a file; amounts exact, with a point, so that any program reads them."""
    organization, statement = current_organization(), _statement(month)
    if statement is None:
        return _missing()
    file = "".join(map(csv_row, _rows(statement)))
    return _download(file, "text/csv; charset=utf-8", f"{organization.slug}-{statement.month}.csv")


@blueprint.get("/statements/<month>.pdf")
@org_admin_required
def download_statement(month: str) -> Response:
    """The same on paper."""
    organization, statement = current_organization(), _statement(month)
    if statement is None:
        return _missing()
    file = statement_pdf.document(organization, statement)
    return _download(file, "application/pdf", f"{organization.slug}-{statement.month}.pdf")


def _download(file: str | bytes, content_type: str, name: str) -> Response:
    response = Response(file, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="statement-{name}"'
    return response


def _statement(text: str) -> Statement | None:
    month = Month.parse(text)
    try:
        return statements.gather(current_organization(), month) if month else None
    except NoStatementError:
        return None


def _missing() -> Response:
    return errors.page(
        404,
        title="No such statement",
        message="There is a statement for each month since the wallet first moved, written like 2026-11.",
    )


def _rows(statement: Statement) -> Iterator[tuple[str, ...]]:
    def row(section: str, what: str, amount: Money, quantity: str = "", unit: str = "") -> tuple[str, ...]:
        return (section, what, quantity, unit, f"{amount.decimal:f}", amount.currency)

    yield _HEAD
    yield row("balance", "opening", statement.opening)
    for move in statement.moves:
        yield row("movement", move.label, move.amount, str(move.count))
    for used in statement.usage:
        yield row("usage", used.label, -used.cost, str(used.quantity.count), used.quantity.unit)
    yield row("balance", "closing", statement.closing)
    for campaign in statement.campaigns:
        yield row("usage by campaign", campaign.name, -campaign.cost)
    for agent in statement.agents:
        yield row("usage by agent", agent.name, -agent.cost)
    for late in statement.late:
        yield row("of it used earlier", late.day.isoformat(), -late.cost)
