"""The calls in progress, and what one call cost. A call's name is any text of the platform's, so it is in the
query."""

from __future__ import annotations

from flask import Response, render_template, request

from app.billing.activity import call_costs
from app.billing.credit import call_payments
from app.billing.wallet import calls_in_progress
from app.cursor import Cursor
from app.language import gettext
from app.pages.wallet.routes import blueprint
from app.transaction import transaction
from app.web import error_pages
from app.web.identity import current_organization, org_admin_required


@blueprint.get("/calls")
@org_admin_required
def show_call() -> str | Response:
    """Show what the call named in `call` cost, and which credit paid for it."""
    organization, call = current_organization(), request.args.get("call", "")
    story = call_costs.get_call_costs(organization, call)
    if story is None:
        return error_pages.page(
            404,
            title=gettext("Call not found"),
            message=gettext("Nothing was charged for this call, and no credit is reserved for it."),
            next_step=gettext(
                "Usage reported in the last minute may not be here yet, so try again. "
                "If the call belongs to another of your organizations, switch to that one first."
            ),
        )
    with transaction():
        payments = call_payments.of_call(organization, call) if story.lines else ()
    return render_template("wallet/call.html", story=story, payments=payments)


@blueprint.get("/calls-in-progress")
@org_admin_required
def show_calls_in_progress() -> str:
    """List the calls in progress with credit on hold, in order of their beginning."""
    after = Cursor.parse(request.args.get("after", ""))
    found = calls_in_progress.page(current_organization(), after=after)
    return render_template("wallet/calls_in_progress.html", page=found, is_first=after is None)
