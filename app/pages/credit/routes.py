"""`/billing/wallet/credit`: the lots in the order of use, and the usage that one of them paid for."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from app.billing.credit import lot_views, top_up_usage
from app.language import gettext
from app.pages.numbers import read_whole
from app.transaction import transaction
from app.web import error_pages
from app.web.identity import current_organization, org_admin_required

blueprint = Blueprint("credit", __name__, url_prefix="/billing/wallet/credit")


@blueprint.get("")
@org_admin_required
def show() -> str:
    """All lots with credit, in the order of use, and a page of those without, the newest unless another is asked
    for."""
    before, after = _position(), _position("after")
    with transaction():
        view = lot_views.gather(current_organization(), before=before, after=after)
    return render_template("credit/show.html", credit=view, is_past_asked=before is not None)


@blueprint.get("/top-ups/<uuid:top_up_id>")
@org_admin_required
def show_top_up(top_up_id: UUID) -> Response | WerkzeugResponse:
    """Lead to the lot of a top-up."""
    with transaction():
        lot_id = top_up_usage.find_lot(current_organization(), top_up_id)
    if lot_id is None:
        return _not_found()
    return redirect(url_for("credit.show_lot", lot_id=lot_id))


@blueprint.get("/<uuid:lot_id>")
@org_admin_required
def show_lot(lot_id: UUID) -> str | Response:
    """The usage that a lot paid for, by day and group, the newest first."""
    with transaction():
        page = top_up_usage.page(current_organization(), lot_id, before=_position(), after=_position("after"))
    if page is None:
        return _not_found()
    return render_template("credit/lot.html", page=page)


def _not_found() -> Response:
    return error_pages.page(
        404,
        title=gettext("Credit not found"),
        message=gettext("This organization has no such credit."),
        next_step=gettext("If it belongs to another of your organizations, switch to that one first."),
    )


def _position(name: str = "before") -> int | None:
    """Where the page begins, from the address; what isn't a position is ignored."""
    return read_whole(request.args.get(name))
