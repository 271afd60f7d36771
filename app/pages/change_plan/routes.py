"""The change-plan page, whole or the region that an htmx request wants."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, make_response, render_template, request
from werkzeug.wrappers import Response

from app.billing.wallet import ledger
from app.models import Organization, PlanSwitch, SwitchStatus
from app.pages.card_form import CardFormView, card_form, task_of_switch
from app.pages.change_plan import view
from app.pages.change_plan.forms import PayForm, PlanForm
from app.pages.change_plan.view import ChangePlanPage
from app.pages.tags import tag_of
from app.web.identity import current_identity, current_organization, org_admin_required
from app.web.links import url_of_page
from app.web.parts import wants_region

blueprint = Blueprint("change_plan", __name__)


@blueprint.get("/billing/change-plan")
@org_admin_required
def show() -> str:
    """Show the plans side by side, and the form to choose one."""
    return render_template("change_plan/show.html", **context(PlanForm(request.args)))


def context(
    form: PlanForm | PayForm | None = None, switch: PlanSwitch | None = None, why: str = ""
) -> dict[str, Any]:
    """The templates' context. `why` is a message to show above the step."""
    settings, organization = current_app.config["SETTINGS"], current_organization()
    page = view.gather(organization, switch)
    if form is None and switch is not None and switch.status is SwitchStatus.DECLINED:
        form = PayForm(request.args)
    return {
        "page": page,
        "plan": page.plan,
        "switch": page.switch,
        "suggestion": page.suggestion,
        "form": form or PlanForm(None),
        "why": why,
        "card_form": _card_form(switch, page),
        "ptag": tag_of(_version(organization), None),
        "support_email": settings.support_email,
        "stripe": {"publishable_key": settings.stripe_publishable_key, "js_url": settings.stripe_js_url},
    }


def _version(organization: Organization) -> int:
    """The wallet's version that the page is at least as new as: as the request began, unless it may have changed."""
    known = current_identity().wallet_version if request.method == "GET" else None
    return known if known is not None else ledger.version_of(organization.id)


def _card_form(switch: PlanSwitch | None, page: ChangePlanPage) -> CardFormView | None:
    if switch is None or page.switch is None:
        return None
    address = url_of_page("change_plan.show_switch", switch_id=switch.id)
    return card_form(address, task_of_switch(switch), is_open=not page.switch.cards)


def draw(
    switch: PlanSwitch | None,
    form: PlanForm | PayForm | None = None,
    *,
    why: str = "",
    status: int = 200,
) -> Response:
    """Render the page at a switch's step, or to choose; for htmx only that part, and others that depend on it."""
    is_region = wants_region()
    template = "change_plan/step_response.html" if is_region else "change_plan/show.html"
    return make_response(render_template(template, **context(form, switch, why)), status)
