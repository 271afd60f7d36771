"""`GET /billing`."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template

from app.pages.overview import view as overview
from app.pages.overview.chart import NARROW, draw
from app.pages.tags import tag_of
from app.web.identity import current_organization, org_admin_required
from app.web.links import url_of_page

blueprint = Blueprint("overview", __name__)


@blueprint.get("/billing")
@org_admin_required
def show() -> str:
    """Plan, usage, balance, invoices and activity of the organization in view."""
    view = overview.gather(current_organization())
    return render_template(
        "overview/show.html",
        balance=view.balance,
        plan=view.plan,
        plan_card=view.plan_card,
        coming_up=view.coming_up,
        usage=view.usage,
        chart=draw(view.usage),
        narrow_chart=draw(view.usage, NARROW),
        invoices=view.invoices,
        activity=view.activity,
        ptag=tag_of(view.balance.version, view.balance.limits_turn_at),
        invoices_url=current_app.config["SETTINGS"].invoices_url or url_of_page("invoices.show"),
    )
