"""The list of invoices, and redirects to each one's page and PDF at Stripe."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.billing import invoices, plans, statements
from app.billing.customers import documents as customer_documents
from app.billing.invoices import UnknownInvoiceError, listing
from app.billing.invoices.listing import InvoiceFilters
from app.cursor import Cursor
from app.language import gettext
from app.models import InvoiceStatus
from app.pages.numbers import read_whole
from app.payments import documents
from app.payments.errors import PaymentsError
from app.web import error_pages
from app.web.identity import current_organization, org_admin_required
from app.web.other_sites import lead_to

blueprint = Blueprint("invoices", __name__, url_prefix="/workplace/invoices")

RECENT = 12
"""So many months are listed ; those before are folded away."""
STATUSES = (InvoiceStatus.OPEN, InvoiceStatus.PAID, InvoiceStatus.VOID, InvoiceStatus.UNCOLLECTIBLE)


@blueprint.get("")
@org_admin_required
def show() -> str:
    """The organization's invoices, newest first. Invalid filters in the URL are ignored, not rejected."""
    args = request.args
    organization = current_organization()
    page = listing.page(
        organization,
        _filters(args),
        before=Cursor.parse(args.get("before", "")),
        after=Cursor.parse(args.get("after", "")),
    )
    is_first = not page.filters and page.newer is None
    unpaid = listing.list_open(organization, page) if is_first else []
    plan = plans.gather(organization) if unpaid else None
    billed = customer_documents.on_documents(organization)
    statuses = {status: invoices.label_of(status) for status in STATUSES}
    return render_template(
        "invoices/show.html",
        page=page,
        statuses=statuses,
        unpaid=unpaid,
        pays_here=plan.is_past_due if plan else False,
        months=[statements.line_to_the_cent(line) for line in statements.list_months(organization)],
        recent=RECENT,
        billed=billed,
    )


@blueprint.get("/<uuid:invoice_id>/pdf")
@org_admin_required
def show_pdf(invoice_id: UUID) -> Response:
    """Redirect to the invoice's PDF, whose URL is fetched at each click because it expires."""
    return _to_stripe(invoice_id, documents.invoice_pdf_url, missing=gettext("This invoice has no PDF yet."))


@blueprint.get("/<uuid:invoice_id>")
@org_admin_required
def show_invoice(invoice_id: UUID) -> Response:
    """Redirect to the invoice's page at Stripe, where it can be paid while open. Its URL expires, too."""
    return _to_stripe(
        invoice_id, documents.invoice_page_url, missing=gettext("This invoice has no page yet.")
    )


def _to_stripe(invoice_id: UUID, address_of: Callable[[str], str | None], *, missing: str) -> Response:
    try:
        invoice = invoices.find(current_organization(), invoice_id)
        address = address_of(invoice.stripe_id)
    except UnknownInvoiceError:
        return error_pages.page(404, message=gettext("There is no such invoice in this organization."))
    except PaymentsError as error:
        return error_pages.payments_page(error, gettext("the invoice can't be shown"))
    return lead_to(address) if address else error_pages.page(404, message=missing)


def _filters(args: MultiDict[str, str]) -> InvoiceFilters:
    year, status = read_whole(args.get("year"), 4), args.get("status", "")
    return InvoiceFilters(
        year=year if year is not None and 1900 < year < 3000 else None,
        status=InvoiceStatus(status) if status in set(InvoiceStatus) else None,
    )
