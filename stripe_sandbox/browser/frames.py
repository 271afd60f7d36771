"""The frame of the card fields."""

from __future__ import annotations

from flask import Response

from stripe_sandbox.browser.blueprint import blueprint
from stripe_sandbox.browser.pages import page


@blueprint.get("/_sandbox/frames/card")
def card() -> Response:
    return page("card.html", framed=True)
