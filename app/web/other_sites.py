"""Pages of ours that lead on to another site, like a receipt at Stripe, whose address is fetched at each click."""

from __future__ import annotations

from flask import jsonify, redirect, request
from werkzeug.wrappers import Response

ASKS = "X-Leads-To"
"""With it a page asks where the address leads, instead of going there. In a frame on another site it has to: the
window that it opens doesn't have the frame's session (`static/js/frame_links.js`)."""


def lead_to(address: str) -> Response:
    """Go there; or say where that is."""
    return jsonify(address=address) if ASKS in request.headers else redirect(address)
