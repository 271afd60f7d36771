"""A call that lasts unusually long: an owner ends it, or says that it is still going on."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from app.billing.wallet import overdue_calls
from app.clock import utc_now
from app.extensions import limiter
from app.language import gettext, marked, translated
from app.pages.actor import current_actor
from app.pages.wallet.routes import blueprint
from app.transaction import transaction
from app.web.identity import current_organization, org_admin_required
from app.web.rate_limits import OFTEN

_NOT_THERE = marked("That call has already ended, or no longer needs an answer.")


@blueprint.post("/calls-in-progress/<uuid:hold_id>/end")
@org_admin_required
@limiter.limit(OFTEN)
def end_call(hold_id: UUID) -> Response:
    """End an overdue call, and release what is reserved for it."""
    with transaction():
        hold = overdue_calls.end(current_organization().id, hold_id, current_actor(), at=utc_now())
    if hold is None:
        flash(translated(_NOT_THERE))
    else:
        flash(gettext("%(call)s has ended. Its credit is available again.", call=hold.call or hold.key))
    return _back()


@blueprint.post("/calls-in-progress/<uuid:hold_id>/confirmation")
@org_admin_required
@limiter.limit(OFTEN)
def confirm_call(hold_id: UUID) -> Response:
    """Say that an overdue call is still going on."""
    with transaction():
        hold = overdue_calls.confirm(current_organization().id, hold_id, current_actor(), at=utc_now())
    flash(
        translated(_NOT_THERE)
        if hold is None
        else gettext(
            "%(call)s continues. We'll ask again if it lasts much longer.", call=hold.call or hold.key
        )
    )
    return _back()


def _back() -> Response:
    return redirect(url_for("wallet.show_calls_in_progress"), 303)
