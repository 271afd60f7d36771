"""Paying an open invoice on its page: by a card, and with the bank's question where it has one. It needs no script.

As on Stripe's page (https://docs.stripe.com/invoicing/hosted-invoice-page). A card is charged once and not saved.
"""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, request
from werkzeug.wrappers import Response

from stripe_sandbox.context import Call
from stripe_sandbox.documents.card_form import CardForm, field_of
from stripe_sandbox.documents.routes import blueprint, draw, finalized_or_404, intent_of, is_owed, sandbox
from stripe_sandbox.errors import ApiError
from stripe_sandbox.origins import is_own
from stripe_sandbox.performing import perform
from stripe_sandbox.resources.billing import invoices
from stripe_sandbox.resources.payments import payment_methods

_ASKS = "invoice_payment_intent_requires_action"


@blueprint.post("/<invoice_id>/pay")
def pay(invoice_id: str) -> Response:
    """Charge the card, and lead on: to the bank's question, or back to the invoice."""
    if not is_own(request):
        abort(403)
    invoice = finalized_or_404(invoice_id)
    if not is_owed(invoice):
        return _back(invoice)
    typed = CardForm.read(request.form)
    problems = typed.problems()
    if problems:
        return draw(invoice, typed=typed, problems=problems, status=400)
    try:
        result = perform(sandbox(), lambda call: _charge(call, invoice, typed), invoice_id)
    except ApiError as refusal:
        return _refused(invoice, typed, refusal.body["error"])
    if result.status == 200:
        return _back(invoice)
    error = result.body["error"]
    if error.get("code") == _ASKS:
        return redirect(error["payment_intent"]["next_action"]["redirect_to_url"]["url"], 303)
    return _refused(finalized_or_404(invoice_id), typed, error)


@blueprint.post("/<invoice_id>/confirm")
def confirm(invoice_id: str) -> Response:
    """Lead to the question that the bank asked before, while its payer was away."""
    if not is_own(request):
        abort(403)
    invoice = finalized_or_404(invoice_id)
    intent = intent_of(invoice)
    if intent is None or intent["status"] != "requires_action":
        return _back(invoice)
    sandbox().store.mark(intent["id"], return_url=invoice["hosted_invoice_url"])
    return redirect(f"/_sandbox/3ds/{intent['id']}?client_secret={intent['client_secret']}", 303)


def _charge(call: Call, invoice: dict[str, Any], typed: CardForm) -> dict[str, Any]:
    call.params = {"type": "card", "card": typed.params()}
    card = payment_methods.create(call)
    call.params = {
        "payment_method": card["id"],
        "off_session": False,
        "return_url": invoice["hosted_invoice_url"],
    }
    return invoices.pay(call)


def _refused(invoice: dict[str, Any], typed: CardForm, error: dict[str, Any]) -> Response:
    field = field_of(error.get("param"))
    problems = {field: error["message"]} if field else {}
    wrong = "" if field else f"{error['message']} Nothing was charged. Try another card."
    return draw(invoice, typed=typed, problems=problems, wrong=wrong, status=402)


def _back(invoice: dict[str, Any]) -> Response:
    return redirect(f"/_sandbox/invoices/{invoice['id']}", 303)
