"""What each plan includes, with the current one marked."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template

from app.billing import plan_comparison, plan_suggestion, plans
from app.web.identity import current_organization, org_admin_required

blueprint = Blueprint("change_plan", __name__)


@blueprint.get("/billing/change-plan")
@org_admin_required
def show() -> str:
    """Compare the catalogue's plans."""
    organization = current_organization()
    current = plans.gather(organization).plan
    return render_template(
        "change_plan/show.html",
        comparison=plan_comparison.compare(current),
        suggestion=plan_suggestion.gather(organization, current),
        support_email=current_app.config["SETTINGS"].support_email,
    )
