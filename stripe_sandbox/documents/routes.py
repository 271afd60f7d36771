"""The addresses that an invoice's `hosted_invoice_url` and `invoice_pdf` name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, current_app, request

from stripe_sandbox.browser.pages import page
from stripe_sandbox.documents.card_form import CardForm
from stripe_sandbox.documents.invoice_pdf import invoice_pdf
from stripe_sandbox.documents.wording import MERCHANT, day, recipient, state
from stripe_sandbox.resources.billing import invoice_lifecycle
from stripe_sandbox.sandbox import Sandbox

blueprint = Blueprint("documents", __name__, url_prefix="/_sandbox/invoices", template_folder="templates")


@blueprint.get("/<invoice_id>")
def hosted(invoice_id: str) -> Response:
    """The invoice as a page, on which one that is open can be paid."""
    invoice = finalized_or_404(invoice_id)
    came_back = request.args.get("redirect_status") == "failed" and is_owed(invoice)
    return draw(invoice, wrong=_refusal_of(invoice) if came_back else "")


@blueprint.get("/<invoice_id>/pdf")
def pdf(invoice_id: str) -> Response:
    """The invoice as a file."""
    invoice = finalized_or_404(invoice_id)
    answer = Response(invoice_pdf(invoice), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="Invoice-{invoice["number"]}.pdf"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def draw(
    invoice: dict[str, Any],
    *,
    typed: CardForm | None = None,
    problems: Mapping[str, str] | None = None,
    wrong: str = "",
    status: int = 200,
) -> Response:
    """The page of an invoice; `problems` are what is wrong with the fields of what was `typed`."""
    intent = intent_of(invoice)
    answer = page(
        "invoice.html",
        invoice=invoice,
        merchant=MERCHANT,
        date=day(invoice["effective_at"]),
        state=state(invoice),
        recipient=recipient(invoice),
        is_owed=is_owed(invoice),
        asks=intent is not None and intent["status"] == "requires_action",
        typed=typed or CardForm(),
        problems=problems or {},
        wrong=wrong,
    )
    answer.status_code = status
    # The form is checked for where it comes from, which "no-referrer" would hide.
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


def finalized_or_404(invoice_id: str) -> dict[str, Any]:
    """A draft has neither page nor file."""
    invoice = sandbox().store.get(invoice_id, "invoice")
    if invoice is None or invoice["status"] == "draft":
        abort(404)
    return invoice


def is_owed(invoice: dict[str, Any]) -> bool:
    """Whether there is something left to pay."""
    return invoice["status"] in invoice_lifecycle.OWED and invoice["amount_remaining"] > 0


def intent_of(invoice: dict[str, Any]) -> dict[str, Any] | None:
    """The payment that an invoice waits for, if one was tried."""
    where = {"invoice": invoice["id"], "status": "open"}
    found = sandbox().store.all("invoice_payment", where) if is_owed(invoice) else []
    return sandbox().store.get(found[0]["payment"]["payment_intent"]) if found else None


def sandbox() -> Sandbox:
    found: Sandbox = current_app.extensions["stripe_sandbox"]
    return found


def _refusal_of(invoice: dict[str, Any]) -> str:
    """Why the payment failed that its payer comes back from."""
    intent = intent_of(invoice)
    error = intent and intent["last_payment_error"]
    if not error:
        return ""
    if error["code"] == "payment_intent_authentication_failure":
        return "Your bank couldn't confirm it's you. Nothing was charged. Try again, or use another card."
    return f"{error['message']} Nothing was charged. Try another card."
