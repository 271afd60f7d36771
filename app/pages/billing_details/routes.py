"""The billing details, whole or the region that an htmx request wants."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.billing.customers import details, documents
from app.billing.customers import queries as customer_queries
from app.billing.customers.details import ChangedMeanwhileError
from app.billing.customers.validation import DetailsError
from app.extensions import limiter
from app.language import gettext, marked, translated
from app.own_pages import own_address
from app.pages.actor import current_actor
from app.pages.billing_details.forms import DetailsForm, summarize
from app.transaction import transaction
from app.web.going_on import go_on
from app.web.identity import current_organization, org_admin_required
from app.web.parts import wants_region
from app.web.rate_limits import OFTEN
from app.web.resend import resendable
from app.web.step_up import Change, confirmation_required
from app.web.text_guard import keeps_typed

blueprint = Blueprint("billing_details", __name__, url_prefix="/billing/details")

_CHANGED = marked(
    "Someone else changed these details since you opened this page. What you typed is still here. Compare "
    "it with the saved details, then save again."
)


@blueprint.get("")
@org_admin_required
def show() -> Response:
    """Show the saved details in a form."""
    form = DetailsForm(None, next=request.args.get("next", ""))
    form.show(*customer_queries.gather(current_organization()))
    return _draw(form)


def _changes_recipients() -> bool:
    before = {address.lower() for address in current_organization().billing_emails}
    return {address.lower() for address in DetailsForm().typed.emails} != before


@blueprint.post("")
@org_admin_required
@confirmation_required(Change.RECIPIENTS, when=_changes_recipients)
@resendable(summarize)
@limiter.limit(OFTEN)
@keeps_typed(DetailsForm)
def save() -> Response:
    """Save the details, or show what is wrong with them; then go on where they were needed."""
    form, organization = DetailsForm(), current_organization()
    if not form.validate():
        return _draw(form, status=422)
    try:
        with transaction():
            details.save(organization, form.typed, form.seen_version, current_actor())
    except DetailsError as error:
        form.refuse(error)
    except ChangedMeanwhileError:
        form.version.data = str(customer_queries.gather(organization)[1])
        return _draw(form, why=translated(_CHANGED), status=422)
    else:
        flash(gettext("Billing details saved. They appear on invoices and statements from now on."))
        if way_back := own_address(form.next.data, otherwise=""):
            return go_on(way_back)
        if not wants_region():
            return redirect(url_for("billing_details.show"), 303)
        form.show(*customer_queries.gather(organization))
        return _draw(form)
    return _draw(form, status=422)


def _draw(form: DetailsForm, *, why: str = "", status: int = 200) -> Response:
    form.offer()
    is_region = wants_region()
    template = "billing_details/response.html" if is_region else "billing_details/show.html"
    lines = documents.on_documents(current_organization())
    return make_response(render_template(template, form=form, why=why, lines=lines), status)
