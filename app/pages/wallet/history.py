"""The history: the breakdown of a usage line, and a CSV export."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from flask import Response, render_template, request

from app.billing.activity import history, usage_breakdown
from app.billing.activity.history import HistoryEntry
from app.billing.activity.shortlists import shortlist
from app.models import Organization
from app.months import Month
from app.pages.csv_rows import Cell, csv_download
from app.pages.labels import movement_label
from app.pages.wallet.forms import HistoryQuery, read_position
from app.pages.wallet.routes import blueprint
from app.web import errors
from app.web.identity import current_organization, org_admin_required

PARTS = 100
"""How many parts of a usage line its page lists. All are in the month's file."""
_HEAD = ("posted_at", "day", "what", "detail", "amount", "balance", "currency")


@blueprint.get("/lines/<uuid:line_id>")
@org_admin_required
def show_line(line_id: UUID) -> str | Response:
    """A usage line's meters, campaigns and agents, and its calls page by page."""
    organization = current_organization()
    line = usage_breakdown.open_line(organization, line_id)
    if line is None:
        return errors.page(404, message="There is no such line in this wallet.")
    after = read_position(request.args)
    calls = usage_breakdown.calls_of(organization, line, after=after)
    parts = shortlist(line.parts, PARTS)
    month = Month.of(line.day)
    return render_template(
        "wallet/line.html", line=line, parts=parts, month=month, calls=calls, is_first=after is None
    )


@blueprint.get("/history.csv")
@org_admin_required
def export() -> Response:
    """Everything that the filters select, streamed."""
    organization = current_organization()
    lines = history.list_all_entries(organization, HistoryQuery.read(request.args).filters)
    return csv_download(_rows(organization, lines), f"wallet-{organization.slug}.csv")


def _rows(organization: Organization, lines: Iterator[HistoryEntry]) -> Iterator[tuple[Cell, ...]]:
    yield _HEAD
    for line in lines:
        detail = "; ".join(f"{one.amount} {one.unit}" for one in line.quantities) or line.detail
        yield (
            line.at,
            line.day,
            movement_label(line.kind, line.usage_group),
            detail,
            line.amount.decimal,
            "" if line.balance is None else line.balance.decimal,
            organization.currency,
        )
