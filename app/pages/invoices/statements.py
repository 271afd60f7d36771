"""The wallet's monthly statements: a page to read, a PDF to keep and a CSV file to work with."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, render_template, request

from app.billing import statements
from app.billing.activity.shortlists import shortlist
from app.billing.customers import documents
from app.billing.invoices import listing
from app.billing.statements import NoStatementError, Statement
from app.language import gettext
from app.models import Organization
from app.months import Month
from app.pages.csv_rows import Cell, csv_download
from app.pages.invoices import statement_csv, statement_pdf
from app.pages.invoices.routes import blueprint
from app.web import error_pages
from app.web.identity import current_organization, org_admin_required
from app.web.long_reads import from_replica

SHOWN = 100
"""Campaigns, agents and earlier days that the page lists. All are in the file."""


@blueprint.get("/statements/<month>")
@org_admin_required
@from_replica
def show_statement(month: str) -> str | Response:
    """The statement of a month, like `2026-11`: to the cent, or exact where the address asks for that."""
    statement = _statement(month)
    if statement is None:
        return _missing()
    head = documents.on_statement(current_organization(), statement.month)
    is_exact = "exact" in request.args
    if not is_exact:
        statement = statements.to_the_cent(statement)
    return render_template(
        "invoices/statement.html",
        statement=statement,
        head=head,
        is_exact=is_exact,
        campaigns=shortlist(statement.campaigns, SHOWN),
        agents=shortlist(statement.agents, SHOWN),
        late=shortlist(statement.late, SHOWN),
        plan_invoices=listing.list_for_month(current_organization(), statement.month),
    )


@blueprint.get("/statements/<month>.csv")
@org_admin_required
@from_replica
def export_statement(month: str) -> Response:
    """The statement and its lines as CSV, streamed."""
    organization, wanted = current_organization(), Month.parse(month)
    if wanted not in statements.months(organization):
        return _missing()
    return csv_download(_rows(organization, wanted), f"statement-{organization.slug}-{wanted}.csv")


def _rows(organization: Organization, month: Month) -> Iterator[tuple[Cell, ...]]:
    """Read while they are sent, because the request's own session has ended by then."""
    statement, lines = statements.gather_with_lines(organization, month)
    yield from statement_csv.rows(statement, lines)


@blueprint.get("/statements/<month>.pdf")
@org_admin_required
@from_replica
def download_statement(month: str) -> Response:
    """The statement as PDF, to the cent."""
    organization, statement = current_organization(), _statement(month)
    if statement is None:
        return _missing()
    statement = statements.to_the_cent(statement)
    head = documents.on_statement(organization, statement.month)
    charges = listing.list_for_month(organization, statement.month)
    file = statement_pdf.document(
        statement_pdf.number_of(organization.slug, statement.month), head, statement, charges
    )
    response = Response(file, content_type="application/pdf")
    name = f"statement-{organization.slug}-{statement.month}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _statement(text: str) -> Statement | None:
    month = Month.parse(text)
    try:
        return statements.gather(current_organization(), month) if month else None
    except NoStatementError:
        return None


def _missing() -> Response:
    return error_pages.page(
        404,
        title=gettext("Statement not found"),
        message=gettext(
            "There is a statement for each month since the wallet's first transaction, written like 2026-11."
        ),
    )
