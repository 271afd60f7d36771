"""What operators did, for all of them to read."""

from __future__ import annotations

from flask import render_template, request

from app.cursor import Cursor
from app.operators import trail
from app.pages.operator.blueprint import also_command, blueprint, operator_required
from app.pages.operator.organizations import read_id


@blueprint.get("/activity")
@operator_required
@also_command("operator", "log")
def show_activity() -> str:
    """Newest first, of all organizations or one."""
    about = read_id(request.args.get("organization", ""))
    page = trail.page(
        about=about,
        before=Cursor.parse(request.args.get("before", "")),
        after=Cursor.parse(request.args.get("after", "")),
    )
    return render_template("operator/activity.html", page=page, about=about)
