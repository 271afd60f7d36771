"""`/_sandbox/…`: what tests and people in front of the demo make happen."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from stripe_sandbox import scheduled
from stripe_sandbox.context import Call
from stripe_sandbox.delivery import MODES
from stripe_sandbox.errors import ApiError, invalid
from stripe_sandbox.faults import asked_for
from stripe_sandbox.origins import is_foreign
from stripe_sandbox.performing import perform
from stripe_sandbox.resources.billing import discounts, prices
from stripe_sandbox.resources.common import find
from stripe_sandbox.resources.payments import (
    answers,
    banks,
    disputes,
    disputing,
    early_fraud_warnings,
    network_updates,
    payment_methods,
    refunds,
)
from stripe_sandbox.sandbox import Sandbox

blueprint = Blueprint("control", __name__, url_prefix="/_sandbox")


@blueprint.errorhandler(ApiError)
def _refused(error: ApiError) -> ResponseReturnValue:
    return jsonify(error.body), error.status


@blueprint.errorhandler(RequestEntityTooLarge)
def _too_large(_: RequestEntityTooLarge) -> ResponseReturnValue:
    return _refused(ApiError(413, "invalid_request_error", "Send less than a megabyte."))


@blueprint.before_request
def _refuse_other_pages() -> None:
    """Programs and the stand-in's own pages pull these; a page of another origin only answers its challenge."""
    if request.endpoint != "control.answer_challenge" and is_foreign(request):
        raise ApiError(403, "invalid_request_error", "Pages of other origins can't do this.")


@blueprint.route("/<path:path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def unknown(path: str) -> ResponseReturnValue:
    """Where no other address fits."""
    raise ApiError(404, "invalid_request_error", f"There is no control {request.method} /_sandbox/{path}.")


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """It answers, and says who it is, so that no one mistakes it for another that listens here by now."""
    return jsonify(status="ok", id=sandbox().settings.id)


@blueprint.post("/faults")
def order_fault() -> ResponseReturnValue:
    """Let the next `times` calls of `operation` go wrong in the way that `kind` names."""
    sandbox().faults.order(asked_for(wanted()))
    return jsonify(status="ordered")


@blueprint.delete("/faults")
def clear_faults() -> ResponseReturnValue:
    sandbox().faults.clear()
    return jsonify(status="cleared")


@blueprint.post("/webhooks")
def set_mode() -> ResponseReturnValue:
    """Deliver, hold, drop, duplicate or shuffle events from now on."""
    mode = _mode(wanted().get("mode"), "mode")
    sandbox().delivery.mode = mode
    sandbox().delivery.wake()
    return jsonify(mode=mode)


@blueprint.post("/webhooks/flush")
def flush() -> ResponseReturnValue:
    """Try everything that is queued once, before answering; the newest first if `backwards`."""
    return jsonify(sandbox().delivery.flush(backwards=bool(wanted().get("backwards"))))


@blueprint.get("/requests")
def list_requests() -> ResponseReturnValue:
    return jsonify([asdict(one) for one in sandbox().log.newest()])


@blueprint.post("/reset")
def reset() -> ResponseReturnValue:
    """Forget everything. Webhooks are delivered from then on, or what else `webhooks` says."""
    mode = _mode(wanted().get("webhooks", "deliver"), "webhooks")
    sandbox().store.forget_everything()
    sandbox().faults.clear()
    sandbox().log.clear()
    sandbox().delivery.mode = mode
    return jsonify(status="empty")


@blueprint.put("/states/<name>")
def save_state(name: str) -> ResponseReturnValue:
    """Save all that is there, under a name."""
    sandbox().states.save(name)
    return jsonify(status="saved")


@blueprint.post("/states/<name>/restore")
def restore_state(name: str) -> ResponseReturnValue:
    """Put back what was saved; by how many `seconds` its times are later now. 409 unless the stand-in is empty."""
    return jsonify(seconds=sandbox().states.restore(name))


@blueprint.post("/challenges/<intent_id>")
def answer_challenge(intent_id: str) -> ResponseReturnValue:
    """The payer's answer to their bank: `complete` or `fail`, from anyone who knows the client secret."""
    given = request.form or wanted()
    secret, outcome = str(given.get("client_secret", "")), str(given.get("outcome", ""))
    return _doing(lambda call: answers.answer(call, intent_id, secret, outcome))


@blueprint.post("/customers/<customer_id>/discount")
def discount_customer(customer_id: str) -> ResponseReturnValue:
    """Give a customer the discount of a `coupon` on every invoice, as the dashboard can."""
    coupon = str(wanted().get("coupon", ""))
    return _doing(lambda call: discounts.give(call, find(call, "customer", customer_id), coupon))


@blueprint.post("/refunds/<refund_id>/<outcome>")
def settle_refund(refund_id: str, outcome: str) -> ResponseReturnValue:
    """Let a refund `succeed` or `fail`."""
    return _doing(lambda call: refunds.settle(call, refund_id, outcome))


@blueprint.post("/scheduled/run")
def run_scheduled() -> ResponseReturnValue:
    """Let everything happen now that was to happen later; how much that was."""
    return jsonify(done=scheduled.run(sandbox(), everything=True))


@blueprint.post("/disputes")
def dispute() -> ResponseReturnValue:
    """Open a dispute of `charge`, of an `amount` of it, for a `reason`, or with `inquiry` only ask.

    Or decide `dispute`, with the `outcome` won, lost, warning_closed or escalated.
    """
    asked = wanted()
    if "charge" in asked:
        options: dict[str, Any] = {name: asked[name] for name in ("amount", "reason") if name in asked}
        options["inquiry"] = bool(asked.get("inquiry"))
        return _doing(
            lambda call: disputing.open_for(call, find(call, "charge", str(asked["charge"])), **options)
        )
    return _doing(
        lambda call: disputes.decide(call, str(asked.get("dispute", "")), str(asked.get("outcome", "")))
    )


@blueprint.post("/early_fraud_warnings")
def warn_of_fraud() -> ResponseReturnValue:
    """Let the issuer warn of a `charge`, as a `fraud_type`."""
    asked = wanted()
    charge, fraud_type = str(asked.get("charge", "")), str(asked.get("fraud_type", "misc"))
    return _doing(lambda call: early_fraud_warnings.warn(call, charge, fraud_type))


@blueprint.post("/payment_methods/<method_id>/network_update")
def update_card(method_id: str) -> ResponseReturnValue:
    """The card network sends a new expiry or number by itself; three more years if it isn't said which."""
    return _doing(network_updates.apply, method_id, **wanted())


@blueprint.post("/payment_methods/<method_id>/bank")
def instruct_bank(method_id: str) -> ResponseReturnValue:
    """Let the bank of a card answer otherwise from now on: `declines`, `asks`, or `default`."""
    answer = str(wanted().get("answer", ""))
    return _doing(lambda call: banks.let_answer(call, method_id, answer))


@blueprint.post("/payment_methods/<method_id>/detach")
def detach_card(method_id: str) -> ResponseReturnValue:
    """A card is removed in Stripe's dashboard."""
    return _doing(payment_methods.detach, method_id)


@blueprint.post("/prices/<price_id>/delete")
def delete_price(price_id: str) -> ResponseReturnValue:
    """A price that no one pays is deleted in Stripe's dashboard; the API has no way to."""
    return _doing(prices.delete, price_id)


def wanted() -> dict[str, Any]:
    """The JSON that came with a call, empty where none did. Raises 400 for anything but a map."""
    found = request.get_json(silent=True) if request.data else {}
    if not isinstance(found, dict):
        raise invalid("Send a JSON object.")
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise invalid("Send text that is valid Unicode.") from None
    return found


def _mode(named: object, param: str) -> str:
    if not isinstance(named, str) or named not in MODES:
        raise invalid(f"{param} is one of {', '.join(sorted(MODES))}.", param=param)
    return named


def _doing(work: Callable[[Call], dict[str, Any]], *ids: str, **params: Any) -> ResponseReturnValue:
    result = perform(sandbox(), work, *ids, **params)
    return jsonify(result.body), result.status


def sandbox() -> Sandbox:
    """The stand-in that is controlled."""
    found: Sandbox = current_app.extensions["stripe_sandbox"]
    return found
