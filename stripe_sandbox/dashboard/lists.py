"""The lists, by pages."""

from __future__ import annotations

from flask import Response, abort, request

from stripe_sandbox.dashboard import reading
from stripe_sandbox.dashboard.blueprint import blueprint
from stripe_sandbox.dashboard.pages import shown
from stripe_sandbox.dashboard.sections import BY_SLUG, Section
from stripe_sandbox.errors import ApiError


@blueprint.get("/<slug>")
def show_list(slug: str) -> Response:
    section = section_or_404(slug)
    try:
        page = reading.objects(
            section.kind, after=request.args.get("after", ""), before=request.args.get("before", "")
        )
    except ApiError:
        abort(404, "This page of the list is no more: the object that it began at is gone.")
    return shown("list.html", section=section, page=page)


def section_or_404(slug: str) -> Section:
    section = BY_SLUG.get(slug)
    if section is None:
        abort(404)
    return section
