"""Choosing the reserve; one that stops outbound calls now is asked about first."""

from __future__ import annotations

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from app.billing.audit import meanwhile
from app.billing.audit.meanwhile import ChangedMeanwhileError
from app.billing.wallet import reserve
from app.billing.wallet.reserve import StopsOutboundError
from app.extensions import limiter
from app.language import gettext
from app.pages.actor import current_actor
from app.pages.set_aside.blueprint import blueprint
from app.pages.set_aside.forms import NewEnvelopeForm, ReserveForm, summarize_reserve
from app.pages.set_aside.routes import draw
from app.transaction import transaction
from app.web.formatting import money
from app.web.identity import current_organization, org_admin_required
from app.web.rate_limits import OFTEN
from app.web.resend import resendable
from app.web.step_up import Change, confirmation_required
from app.web.text_guard import keeps_typed


@blueprint.post("/reserve")
@org_admin_required
@confirmation_required(Change.SPENDING)
@resendable(summarize_reserve)
@limiter.limit(OFTEN)
@keeps_typed(ReserveForm)
def choose_reserve() -> Response:
    """Keep a reserve, another one, or none."""
    form = ReserveForm()
    if not form.validate():
        return draw(NewEnvelopeForm(None), form, status=422)
    is_sure = form.sure.data == form.wanted.amount.exact
    try:
        with transaction():
            reserve.choose(
                current_organization(),
                form.wanted,
                current_actor(),
                is_confirmed=is_sure,
                seen=form.seen.data,
            )
    except ChangedMeanwhileError:
        form.seen.data = None
        change = meanwhile.find_last(current_organization().id, "reserve.changed")
        return draw(NewEnvelopeForm(None), form, changed=change, was_changed=True, status=422)
    except StopsOutboundError as error:
        form.sure.data = form.wanted.amount.exact
        asks = gettext(
            "You have %(available)s available. With a reserve of %(reserve)s, outbound calls "
            "stop now, until you top up. Calls in progress finish, and inbound calls continue.",
            available=money(error.available),
            reserve=money(error.reserve),
        )
        return draw(NewEnvelopeForm(None), form, asks=asks, status=422)
    kept = form.wanted
    flash(
        gettext("%(amount)s is kept for number rent and inbound calls.", amount=money(kept.amount))
        if kept.is_on
        else gettext("There is no longer a reserve.")
    )
    return redirect(url_for("set_aside.show"), 303)
