"""Finding an organization, and its story."""

from __future__ import annotations

from uuid import UUID

from flask import abort, render_template, request

from app.cursor import Cursor
from app.extensions import db
from app.models import Organization
from app.models.scope import scope_to
from app.operators import facts, search, timeline, trail
from app.operators.search import SearchTooSlowError
from app.operators.timeline_parts import Part
from app.pages.operator.blueprint import also_command, blueprint, doer, operator_required
from app.pages.operator.view import PARTS, entry
from app.transaction import transaction


@blueprint.get("")
@operator_required
@also_command("operator", "find")
def find() -> str | tuple[str, int]:
    """Find an organization by whatever is at hand."""
    wanted, after = request.args.get("q", ""), read_id(request.args.get("after", ""))
    try:
        found = search.find(wanted, after=after)
    except SearchTooSlowError:
        return render_template("operator/find.html", wanted=wanted, found=[], too_slow=True), 503
    return render_template(
        "operator/find.html",
        wanted=wanted,
        found=found.matches,
        after=after,
        next_after=found.matches[-1].id if found.has_more else None,
    )


@blueprint.get("/organizations/<uuid:org_id>")
@operator_required
@also_command("operator", "story")
def show(org_id: UUID) -> str:
    """How an organization stands, and what happened in it, newest first."""
    organization = in_view(org_id)
    part = _part(request.args.get("part", ""))
    before = Cursor.parse(request.args.get("before", ""))
    after = Cursor.parse(request.args.get("after", ""))
    page = timeline.page(organization, part, before=before, after=after)
    return render_template(
        "operator/organization.html",
        facts=facts.gather(organization),
        page=page,
        entries=[entry(one) for one in page.rows],
        part=part,
        parts=PARTS,
    )


def in_view(org_id: UUID) -> Organization:
    """The organization of an address; that it was opened is recorded first, whichever page of it is asked for. From
    here on the request sees nothing of any other. 404 if there is none. Commits."""
    scope_to(db.session(), org_id)
    organization = facts.find_organization(org_id)
    if organization is None:
        abort(404)
    if not trail.is_open(doer(), organization):
        with transaction():
            trail.record(doer(), "organization.opened", about=organization)
    return organization


def read_id(text: str) -> UUID | None:
    """An id in an address; None if it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _part(text: str) -> Part | None:
    return Part(text) if text in set(Part) else None
