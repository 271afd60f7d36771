"""The poll of an open page: 304 while the wallet's version is the one that the page shows, and no limit starts again.

htmx sends the tag (`app.pages.tags`) back in `HX-PTag` (https://four.htmx.org/extensions/hx-ptag). The version comes
with the identity, so a poll that finds nothing new costs one statement, by primary key. No poll keeps a session
alive.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from app.billing.plans.refusals import ChangeRefusedError
from app.billing.subscriptions import due_today, switches
from app.clock import utc_now
from app.extensions import limiter
from app.pages.change_plan.forms import PlanForm
from app.pages.change_plan.routes import context as plan_context
from app.pages.limits import view as limits_page
from app.pages.overview import view as overview
from app.pages.overview.routes import live_context
from app.pages.payment_methods.routes import context as cards_context
from app.pages.shell_parts import credit
from app.pages.tags import is_current, tag_of
from app.pages.wallet import view as wallet_page
from app.pages.wallet.routes import context
from app.payments.errors import PaymentsError
from app.web.identity import current_identity, current_organization, org_admin_required
from app.web.marks import asked_by_pages
from app.web.rate_limits import OFTEN

blueprint = asked_by_pages(Blueprint("live", __name__))


@blueprint.get("/billing/live/overview")
@org_admin_required
def live_overview() -> Response:
    """The overview's balance, alert, plan, usage and activity."""

    def draw() -> tuple[str, str]:
        view = overview.gather_live(current_organization(), request.args)
        html = render_template("overview/live.html", **live_context(view))
        return html, tag_of(view.balance.version, view.balance.limits_turn_at)

    return _unless_current(draw)


@blueprint.get("/billing/live/wallet")
@org_admin_required
def live_wallet() -> Response:
    """The wallet's balance, the newest page of its history if shown, and the top-up in view."""

    def draw() -> tuple[str, str | None]:
        view = wallet_page.gather_live(current_organization(), top_up_id=request.args.get("top_up"))
        newest = request.args.get("newest") == "1"
        values = context(view, card=request.args.get("card"))
        has_other_cards = request.args.get("cards_shown") not in {None, values["card_choice"].mark}
        # Someone is using the form: the cards wait, and so does the tag, so that the next poll updates them.
        is_busy = has_other_cards and request.args.get("busy") == "1"
        html = render_template(
            "wallet/live.html",
            shown_state=request.args.get("state"),
            shown_story=request.args.get("story"),
            has_other_cards=has_other_cards and not is_busy,
            **values | {"history": view.history if newest else None},
        )
        return html, None if is_busy else values["ptag"]

    return _unless_current(draw)


@blueprint.get("/billing/live/change-plan")
@org_admin_required
def live_change_plan() -> Response:
    """The switch in view, if it is at another step than the page shows."""

    def draw() -> tuple[str, str]:
        organization = current_organization()
        switch = switches.find_by_text(organization.id, request.args.get("switch"))
        values = plan_context(switch=switch)
        html = render_template("change_plan/live.html", shown_state=request.args.get("state"), **values)
        return html, str(values["ptag"])

    return _unless_current(draw)


@blueprint.get("/billing/live/due-today")
@org_admin_required
@limiter.limit(OFTEN)
def live_due_today() -> str:
    """What a switch to the plan that is being looked at would charge today, for the bar under the plans."""
    form = PlanForm(request.args, meta={"csrf": False})
    try:
        due = due_today.find_due(current_organization(), *form.chosen) if form.validate() else None
    except (ChangeRefusedError, PaymentsError):
        due = None
    return render_template("change_plan/_due_today.html", due=due)


@blueprint.get("/billing/live/payment-methods")
@org_admin_required
def live_payment_methods() -> Response:
    """The saved cards: one may have a new expiry, or have been detached."""

    def draw() -> tuple[str, str]:
        values = cards_context(request.args.get("refused"))
        return render_template("payment_methods/live.html", **values), str(values["ptag"])

    return _unless_current(draw)


@blueprint.get("/billing/live/limits")
@org_admin_required
def live_limits() -> Response:
    """The limits and what counts toward them, requests for more, and which destinations are open."""

    def draw() -> tuple[str, str]:
        page = limits_page.gather(current_organization())
        html = render_template("limits/live.html", page=page)
        return html, tag_of(current_identity().wallet_version or 0, page.turns_at)

    return _unless_current(draw)


@blueprint.get("/billing/live/credit")
@org_admin_required
def live_credit() -> Response:
    """Available credit, its state and what is wrong, as JSON: for the shell's own elements, by way of our frame."""

    def draw() -> tuple[Response, str]:
        found, tag = credit.gather(current_organization())
        return jsonify(found), tag

    return _unless_current(draw)


def _unless_current(draw: Callable[[], tuple[str | Response, str | None]]) -> Response:
    known, who = request.headers.get("HX-PTag"), current_identity()
    if known is not None and is_current(known, who.wallet_version, utc_now()) and not who.has_lease_over:
        return Response(status=304)
    content, tag = draw()
    response = make_response(content)
    if tag is not None:
        response.headers["HX-PTag"] = tag
    return response
