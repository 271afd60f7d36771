"""`GET /billing/cost-change`: two periods side by side, and what made the difference."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from app.billing.activity import cost_change
from app.language import translated
from app.models import UsageGroup
from app.pages.cost_change import query, view, wording
from app.web.identity import current_organization, org_admin_required

blueprint = Blueprint("cost_change", __name__, url_prefix="/billing")


@blueprint.get("/cost-change")
@org_admin_required
def show() -> str:
    """What made the later period cost more or less, by segment, down to the calls."""
    organization = current_organization()
    today = organization.local_day()
    asked = query.read(request.args, today)
    change = view.to_the_cent(
        cost_change.compare(organization, asked.before, asked.after, by=asked.by, group=asked.group)
    )
    return render_template(
        "cost_change/show.html",
        asked=asked,
        change=change,
        sentence=wording.sentence(change, asked.group),
        parts=list(view.list_parts(change, asked)),
        days_of=wording.days_of,
        by_names={by: translated(name) for by, name in query.BY.items()},
        groups={group.value: group.label for group in UsageGroup},
        presets=query.list_presets(today),
    )
