"""The organization's security settings: when its owners are asked again who they are, and who has a second factor."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.extensions import limiter
from app.language import gettext
from app.pages.actor import current_actor
from app.people import confirmation, memberships
from app.people.factors import status
from app.transaction import transaction
from app.web.identity import current_organization, org_admin_required
from app.web.rate_limits import OFTEN
from app.web.step_up import Change, confirmation_required

blueprint = Blueprint("security", __name__, url_prefix="/billing/security")


@blueprint.get("")
@org_admin_required
def show() -> str:
    """The settings as they are."""
    people = sorted(
        memberships.people_of(current_organization().id).values(), key=lambda one: one.email.lower()
    )
    return render_template(
        "security/show.html",
        organization=current_organization(),
        people=people,
        with_factor=status.who_has(one.id for one in people),
        minutes=current_app.config["SETTINGS"].step_up_minutes,
        always_minutes=int(confirmation.ALWAYS_WITHIN.total_seconds()) // 60,
    )


@blueprint.post("/confirmations")
@org_admin_required
@confirmation_required(Change.SECURITY)
@limiter.limit(OFTEN)
def choose_confirmations() -> Response:
    """Ask every time, or only when the last confirmation is older."""
    always = request.form.get("always") == "yes"
    with transaction():
        confirmation.choose_always(current_organization().id, current_actor(), always=always)
    flash(gettext("Security settings saved."))
    return redirect(url_for("security.show"), 303)
