"""What each plan includes, with the current one marked."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template

from app.billing import plans
from app.web.identity import current_organization, org_admin_required

blueprint = Blueprint("change_plan", __name__)


@blueprint.get("/billing/change-plan")
@org_admin_required
def show() -> str:
    """Compare the catalogue's plans."""
    organization = current_organization()
    return render_template(
        "change_plan/show.html",
        comparison=plans.compare(organization),
        support_email=current_app.config["SETTINGS"].support_email,
    )
