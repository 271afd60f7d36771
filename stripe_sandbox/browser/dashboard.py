"""What happened in the stand-in lately, for whoever tries the demo or looks for a fault."""

from __future__ import annotations

from flask import Response

from stripe_sandbox.browser import reading
from stripe_sandbox.browser.blueprint import blueprint
from stripe_sandbox.browser.pages import page

SHOWN = 20


@blueprint.get("/")
def dashboard() -> Response:
    return page(
        "dashboard.html",
        payment_intents=reading.newest("payment_intent", SHOWN),
        customers=reading.newest("customer", SHOWN),
        events=reading.newest("event", SHOWN),
        requests=reading.newest_requests(SHOWN),
    )
