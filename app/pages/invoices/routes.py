"""The list of invoices, and the way to each one's PDF at Stripe."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from app.billing import invoices
from app.billing.invoices import UnknownInvoiceError
from app.payments import documents
from app.payments.errors import PaymentsError
from app.web import errors
from app.web.identity import current_organization, org_admin_required

blueprint = Blueprint("invoices", __name__, url_prefix="/workplace/invoices")

_SHOWN = 200


@blueprint.get("")
@org_admin_required
def show() -> str:
    """The organization's invoices, newest first."""
    return render_template("invoices/show.html", invoices=invoices.newest(current_organization(), _SHOWN))


@blueprint.get("/<uuid:invoice_id>/pdf")
@org_admin_required
def show_pdf(invoice_id: UUID) -> Response:
    """To the invoice's PDF, whose address is asked for at each click because it expires."""
    try:
        invoice = invoices.find(current_organization(), invoice_id)
        address = documents.invoice_pdf_url(invoice.stripe_id)
    except UnknownInvoiceError:
        return errors.page(404, message="There is no such invoice in this organization.")
    except PaymentsError:
        return errors.page(503, message="The payment processor, which keeps the invoices, can't be reached.")
    return redirect(address) if address else errors.page(404, message="This invoice has no PDF yet.")
