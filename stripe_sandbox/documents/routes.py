"""The addresses that an invoice's `hosted_invoice_url` and `invoice_pdf` name."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app

from stripe_sandbox.browser.pages import page
from stripe_sandbox.documents.invoice_pdf import invoice_pdf
from stripe_sandbox.documents.wording import MERCHANT, day, state
from stripe_sandbox.sandbox import Sandbox

blueprint = Blueprint("documents", __name__, url_prefix="/_sandbox/invoices", template_folder="templates")


@blueprint.get("/<invoice_id>")
def hosted(invoice_id: str) -> Response:
    """The invoice as a page."""
    invoice = _finalized_or_404(invoice_id)
    date = day(invoice["effective_at"])
    return page("invoice.html", invoice=invoice, merchant=MERCHANT, date=date, state=state(invoice))


@blueprint.get("/<invoice_id>/pdf")
def pdf(invoice_id: str) -> Response:
    """The invoice as a file."""
    invoice = _finalized_or_404(invoice_id)
    answer = Response(invoice_pdf(invoice), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="Invoice-{invoice["number"]}.pdf"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _finalized_or_404(invoice_id: str) -> dict[str, Any]:
    """A draft has neither page nor file."""
    sandbox: Sandbox = current_app.extensions["stripe_sandbox"]
    invoice = sandbox.store.get(invoice_id, "invoice")
    if invoice is None or invoice["status"] == "draft":
        abort(404)
    return invoice
