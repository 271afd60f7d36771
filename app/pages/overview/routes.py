"""`GET /billing`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request

from app.language import translated
from app.models import UsageGroup
from app.pages.overview import usage_view
from app.pages.overview import view as overview
from app.pages.overview.chart import HEIGHT
from app.pages.overview.usage_query import MOST_DAYS, Range, Sort
from app.pages.overview.usage_view import UsageView
from app.pages.overview.view import Live
from app.pages.tags import tag_of
from app.web.identity import current_organization, org_admin_required
from app.web.links import url_of_page
from app.web.parts import wants_region

blueprint = Blueprint("overview", __name__)


@blueprint.get("/billing")
@org_admin_required
def show() -> str:
    """Plan, usage, balance, invoices and activity of the organization in view; for an open page that asks for other
    usage, only that."""
    organization = current_organization()
    if wants_region():
        return render_template(
            "overview/_usage.html", **usage_context(overview.gather_usage(organization, request.args))
        )
    view = overview.gather(organization, request.args)
    return render_template(
        "overview/show.html",
        **live_context(view.live),
        invoices=view.invoices,
        ptag=tag_of(view.live.balance.version, view.live.balance.limits_turn_at),
        invoices_url=current_app.config["SETTINGS"].invoices_url or url_of_page("invoices.show"),
    )


def live_context(live: Live) -> dict[str, Any]:
    """What the templates of the part that is updated read."""
    return usage_context(live.usage) | {
        "balance": live.balance,
        "plan": live.plan,
        "plan_card": live.plan_card,
        "coming_up": live.coming_up,
        "activity": live.activity,
        "waiting": live.waiting,
        "steps": live.steps,
        "shortcut": live.shortcut,
    }


def usage_context(usage: UsageView | None) -> dict[str, Any]:
    """What the template of usage reads; nothing of it where usage couldn't be read."""
    return {
        "usage": usage,
        "ranges": list(Range),
        "sorts": Sort,
        "series": list(UsageGroup),
        "by_names": {by: translated(name) for by, name in usage_view.BY.items()},
        "chart_height": HEIGHT,
        "most_days": MOST_DAYS,
    }
