"""The history: the breakdown of a usage line, calls of a selection, and a CSV export."""

from __future__ import annotations

from uuid import UUID

from flask import Response, render_template, request

from app.billing.activity import totals, usage_breakdown, usage_calls
from app.billing.activity.shortlists import shortlist
from app.language import gettext
from app.months import Month
from app.pages.csv_rows import csv_download
from app.pages.wallet import history_csv
from app.pages.wallet.history_query import (
    address_of,
    describe,
    file_name,
    read_filters,
    read_place,
    read_position,
)
from app.pages.wallet.routes import blueprint
from app.web import error_pages
from app.web.identity import current_organization, org_admin_required
from app.web.long_reads import from_replica

PARTS = 100
"""How many parts of a usage line its page lists. All are in the month's file."""


@blueprint.get("/lines/<uuid:line_id>")
@org_admin_required
def show_line(line_id: UUID) -> str | Response:
    """A usage line's meters, campaigns and agents, and its calls page by page."""
    organization = current_organization()
    line = usage_breakdown.open_line(organization, line_id)
    if line is None:
        return error_pages.page(404, message=gettext("There is no such line in this wallet."))
    after = read_position(request.args)
    calls = usage_breakdown.calls_of(organization, line, after=after)
    parts = shortlist(line.parts, PARTS)
    month = Month.of(line.day)
    return render_template(
        "wallet/line.html", line=line, parts=parts, month=month, calls=calls, is_first=after is None
    )


@blueprint.get("/history.csv")
@org_admin_required
@from_replica
def export() -> Response:
    """Everything that the filters select, streamed."""
    organization = current_organization()
    filters = read_filters(request.args)
    found = totals.gather(organization, filters)
    rows = history_csv.rows(organization, filters)
    name = file_name(organization.slug, filters)
    return csv_download(rows, name, count=found.lines if found else None)


@blueprint.get("/usage-calls")
@org_admin_required
def show_usage_calls() -> str:
    """The calls of a selection of usage, page by page."""
    filters, after = read_filters(request.args), read_place(request.args)
    return render_template(
        "wallet/usage_calls.html",
        chosen=filters,
        kept=address_of(filters),
        selection=describe(filters),
        calls=usage_calls.page(current_organization(), filters, after=after),
        is_first=after is None,
    )
