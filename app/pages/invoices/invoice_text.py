"""What statements say about an invoice, in the viewer's language."""

from __future__ import annotations

from app.billing.invoices import InvoiceView
from app.language import gettext, listed
from app.pages.invoices.routes import blueprint
from app.web.formatting import money
from app.web.sum_text import sum_text


@blueprint.app_template_filter()
def with_taxes(one: InvoiceView) -> str:
    """Like `Growth, with VAT 19% $18.81`."""
    taxes = one.sums.taxes if one.sums else ()
    if not taxes:
        return one.description
    named = (
        gettext("%(tax)s %(amount)s", tax=sum_text(tax.words), amount=money(tax.amount)) for tax in taxes
    )
    return gettext("%(invoice)s, with %(taxes)s", invoice=one.description, taxes=listed(named, "unit"))
