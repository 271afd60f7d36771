"""The first page, and the search by id."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from stripe_sandbox.dashboard import reading
from stripe_sandbox.dashboard.blueprint import blueprint, sandbox
from stripe_sandbox.dashboard.cards import CARDS
from stripe_sandbox.dashboard.pages import link, shown

_NEWEST = 5


@blueprint.get("/")
def home() -> Response:
    """The newest of what is looked for most, and the cards that can be tried."""
    return shown(
        "home.html",
        payments=reading.objects("payment_intent").items[:_NEWEST],
        customers=reading.objects("customer").items[:_NEWEST],
        events=reading.objects("event").items[:_NEWEST],
        requests=reading.requests("", "").items[:_NEWEST],
        cards=CARDS,
    )


@blueprint.get("/search")
def search() -> AnyResponse:
    """Go to the object, the call or the customer that an id or email address names."""
    wanted = request.args.get("q", "").strip()
    found = _address_of(wanted)
    return redirect(found, 303) if found else shown("nothing.html", status=404, wanted=wanted)


def _address_of(wanted: str) -> str:
    store = sandbox().store
    body = store.get(wanted) if wanted else None
    if body:
        return link(body["id"], body["object"])
    if wanted.startswith("req_") and sandbox().log.exchange(wanted):
        return url_for("dashboard.show_request", request_id=wanted)
    by_mail = store.all("customer", {"email": wanted}) if "@" in wanted else []
    return link(by_mail[0]["id"], "customer") if by_mail else ""
