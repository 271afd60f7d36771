"""What the shell's elements ask for, through one hidden frame of ours in the shell's page: reading, and nothing else.

The frame's script asks with its own session and answers the page by messages to the shell's origins, so no answer of
ours is ever readable by another origin (docs/decisions/0019-parts.md). No one's doing either: nothing here keeps a
session alive.
"""

from __future__ import annotations

from flask import Blueprint, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.pages.shell_parts import campaigns
from app.pages.shell_parts.campaigns import InvalidCampaignError
from app.web.frames import is_framed
from app.web.identity import current_identity, current_organization, org_admin_required, person_required
from app.web.marks import asked_by_pages

blueprint = asked_by_pages(Blueprint("shell_parts", __name__))


@blueprint.get("/billing/parts")
@person_required
def show_frame() -> Response:
    """The hidden frame, which says to whom it is signed in. In a window there is nothing to see."""
    if not is_framed():
        return redirect(url_for("overview.show"), 303)
    who = current_identity()
    sees_credit = who.is_org_admin and not who.lacks_factor
    return make_response(render_template("shell_parts/frame.html", sees_credit=sees_credit))


@blueprint.get("/billing/parts/campaign-check")
@org_admin_required
def check_campaign() -> Response:
    """Whether available credit covers a campaign. Nothing is reserved."""
    try:
        return make_response(jsonify(campaigns.check(current_organization(), request.args)))
    except InvalidCampaignError as error:
        return make_response(jsonify(problem=str(error)), 422)
