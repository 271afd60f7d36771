"""The bank's question: in a frame for stripe.js, or as a page that a payer is sent to and comes back from."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from stripe_sandbox.browser import reading, words  # noqa: F401, the filters of the templates
from stripe_sandbox.browser.answering import answer
from stripe_sandbox.browser.blueprint import blueprint
from stripe_sandbox.browser.pages import origin_of, page

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
    return_url = _return_url(intent)
    return page("challenge.html", intent=intent, merchant=MERCHANT, form_to=origin_of(return_url))


@blueprint.post("/_sandbox/3ds/<intent_id>")
def answer_challenge(intent_id: str) -> AnyResponse:
    """Answer, and go back to where the payer came from."""
    secret = request.form.get("client_secret", "")
    intent = reading.intent_or_404(intent_id, secret)
    outcome = request.form.get("outcome")
    if outcome not in {"complete", "fail"}:
        abort(400)
    return_url = _return_url(intent)
    if intent["status"] == "requires_action":
        answer(intent, outcome)
        intent = reading.intent_or_404(intent_id, secret)
    return redirect(_returning(return_url, intent), 303)


def _return_url(intent: dict[str, Any]) -> str:
    """Where the intent's action leads back to; the dashboard where it names nothing."""
    action = intent.get("next_action") or {}
    address = (
        (action.get("redirect_to_url") or {}).get("return_url") or request.values.get("return_url") or ""
    )
    return address if origin_of(address) else request.host_url


def _returning(address: str, intent: dict[str, Any]) -> str:
    """The return address with what Stripe adds to it."""
    kind = intent["object"]
    parts = urlsplit(address)
    went_well = intent["status"] in {"succeeded", "processing", "requires_capture"}
    added = {
        kind: intent["id"],
        f"{kind}_client_secret": intent["client_secret"],
        "redirect_status": "succeeded" if went_well else "failed",
    }
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in added]
    return urlunsplit(parts._replace(query=urlencode([*query, *added.items()])))
