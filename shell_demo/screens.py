"""The portal's screens. Each has an address of its own, and so has each page of billing."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shell_demo import sign_in

blueprint = Blueprint("screens", __name__)


@blueprint.before_request
def require_person() -> Response | None:
    """Screens are for people who are signed in; others are led back here once they are."""
    g.person = sign_in.who()
    if g.person is None:
        return redirect(url_for("sign_in.choose", next=request.full_path.rstrip("?")))
    return None


@blueprint.get("/")
def home() -> Response:
    """The first screen."""
    return redirect(url_for("screens.campaigns"))


@blueprint.get("/campaigns")
def campaigns() -> str:
    """A screen of the portal's own."""
    return render_template("campaigns.html")


@blueprint.get("/billing")
@blueprint.get("/billing/<path:_page>")
def billing(_page: str = "") -> str:
    """Billing in its frame: one screen for all addresses of billing, so that each page of it can be linked to,
    bookmarked and reloaded. Which one it is, the element reads from the address."""
    return render_template("billing.html")
