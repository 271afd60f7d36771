"""What the pages read of the stand-in."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app

from stripe_sandbox.sandbox import Sandbox

INTENTS = {"payment_intent", "setup_intent"}


def intent_or_404(id_: str, client_secret: str) -> dict[str, Any]:
    """The intent of this id, for anyone who knows its secret."""
    intent = _sandbox().store.get(id_)
    if intent is None or intent["object"] not in INTENTS or intent["client_secret"] != client_secret:
        abort(404)
    return intent


def return_url(intent_id: str) -> str:
    """Where the payer is led once the bank has its answer; empty where no one said."""
    return str(_sandbox().store.hidden(intent_id).get("return_url") or "")


def charge_or_404(id_: str) -> dict[str, Any]:
    charge = _sandbox().store.get(id_, "charge")
    if charge is None:
        abort(404)
    return charge


def _sandbox() -> Sandbox:
    found: Sandbox = current_app.extensions["stripe_sandbox"]
    return found
