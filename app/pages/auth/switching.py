"""Choosing another organization, for people with more of them than fit into the menu."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response

from app.pages.auth.blueprint import blueprint
from app.web.identity import ask_to_sign_in, identity

SHOWN = 50


@blueprint.get("/organization")
def choose_organization() -> str | Response:
    """The person's organizations by name, page by page; `name` filters them."""
    who = identity()
    if who is None:
        return ask_to_sign_in()
    wanted = request.args.get("name", "").strip()
    found = [seat for seat in who.seats if wanted.casefold() in seat.name.casefold()]
    after = request.args.get("after", "")
    start = next((place for place, seat in enumerate(found, 1) if str(seat.id) == after), 0)
    shown = found[start : start + SHOWN]
    following = shown[-1].id if len(found) > start + SHOWN else None
    return render_template(
        "auth/organizations.html", seats=shown, wanted=wanted, following=following, is_first=start == 0
    )
