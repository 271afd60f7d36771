"""`GET /billing/coming-up`: what is charged and changes next, each with its day, card and amount."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.billing import coming_up, plans
from app.billing.wallet import balance
from app.pages.overview import plan_card
from app.web.identity import current_organization, org_admin_required

blueprint = Blueprint("coming_up", __name__, url_prefix="/billing")


@blueprint.get("/coming-up")
@org_admin_required
def show() -> str:
    """The calendar, and what is wrong with the card that it is charged to."""
    organization = current_organization()
    plan, now = plans.gather(organization), balance.gather(organization)
    return render_template(
        "coming_up/show.html",
        plan=plan,
        plan_card=plan_card.get_plan_card(organization, plan),
        entries=coming_up.list_entries(organization, plan, now),
        this_year=organization.local_day().year,
    )
