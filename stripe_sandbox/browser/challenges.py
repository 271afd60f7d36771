"""The bank's question: in a frame for stripe.js, or as a page that a payer is sent to and comes back from."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from stripe_sandbox import control
from stripe_sandbox.browser import reading
from stripe_sandbox.browser.blueprint import blueprint
from stripe_sandbox.browser.pages import origin_of, page
from stripe_sandbox.errors import ApiError

MERCHANT = "Voice Portal"


@blueprint.get("/_sandbox/frames/challenges/<intent_id>")
def framed_challenge(intent_id: str) -> Response:
    """The question inside the dialog that stripe.js opens."""
    intent = reading.intent_or_404(intent_id, request.args.get("client_secret", ""))
    return page("challenge.html", framed=True, intent=intent, merchant=MERCHANT)


@blueprint.get("/_sandbox/3ds/<intent_id>")
def challenge(intent_id: str) -> Response:
    """The same question as a page of its own; it needs no script."""
    intent = reading.intent_or_404(intent_id, request.args.get("client_secret", ""))
    return page("challenge.html", intent=intent, merchant=MERCHANT, form_to=origin_of(_return_url(intent_id)))


@blueprint.post("/_sandbox/3ds/<intent_id>")
def answer_challenge(intent_id: str) -> AnyResponse:
    """Answer, and go back to where the payer came from."""
    secret = request.form.get("client_secret", "")
    intent = reading.intent_or_404(intent_id, secret)
    if request.form.get("outcome") not in {"complete", "fail"}:
        abort(400)
    return_url = _return_url(intent_id)
    if intent["status"] == "requires_action":
        # It takes the same form; a refusal is kept in the intent.
        with suppress(ApiError):
            control.answer_challenge(intent_id)
        intent = reading.intent_or_404(intent_id, secret)
    return redirect(_returning(return_url, intent), 303)


def _return_url(intent_id: str) -> str:
    """Where the payer is led back to; the dashboard where no one said."""
    address = reading.return_url(intent_id)
    return address if origin_of(address) else request.host_url


def _returning(address: str, intent: dict[str, Any]) -> str:
    """The return address with what Stripe adds to it."""
    kind = intent["object"]
    went_well = intent["status"] in {"succeeded", "processing", "requires_capture"}
    added = {
        kind: intent["id"],
        f"{kind}_client_secret": intent["client_secret"],
        "redirect_status": "succeeded" if went_well else "failed",
    }
    parts = urlsplit(address)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in added]
    return urlunsplit(parts._replace(query=urlencode([*kept, *added.items()])))
