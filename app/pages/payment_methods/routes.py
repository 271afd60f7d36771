"""The payment-methods page, whole or the region that an htmx request wants."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.billing.cards import payment_methods
from app.pages.payment_methods import view
from app.pages.tags import tag_of
from app.web.identity import current_identity, current_organization, org_admin_required
from app.web.parts import wants_region

blueprint = Blueprint("payment_methods", __name__, url_prefix="/billing/payment-methods")


@blueprint.get("")
@org_admin_required
def show() -> str:
    """The saved cards; after a removal that was refused, with the reason."""
    return render_template("payment_methods/show.html", **context(request.args.get("refused")))


def context(refused: str | None) -> dict[str, Any]:
    """The context of the region's templates. An id of another organization is ignored."""
    try:
        refused_id = UUID(refused) if refused else None
    except ValueError:
        refused_id = None
    # Read before the cards: changes in between are shown by the next poll.
    version = current_identity().wallet_version or 0
    page = view.gather(current_organization(), refused=refused_id)
    return {"page": page, "most": payment_methods.MOST, "ptag": tag_of(version, None)}


def changed(message: str | None = None, *, refused: UUID | None = None, **values: Any) -> Response:
    """The cards after a change, with a message: the region, or a redirect to the page."""
    if message:
        flash(message)
    return _answer(200, refused, **values)


def not_changed(message: str) -> Response:
    """The cards as they are, with why nothing changed."""
    flash(message, "error")
    return _answer(422, None)


def _answer(status: int, refused: UUID | None, **values: Any) -> Response:
    if not wants_region():
        return redirect(url_for("payment_methods.show", refused=refused), 303)
    shown = context(str(refused) if refused else None)
    return make_response(render_template("payment_methods/changed.html", **shown, **values), status)
