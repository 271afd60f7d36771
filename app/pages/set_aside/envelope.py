"""One envelope: raised, lowered, extended, or ended early."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.billing.audit import meanwhile
from app.billing.audit.meanwhile import ChangedMeanwhileError
from app.billing.wallet import envelope_queries, envelope_terms, envelopes
from app.billing.wallet.envelope_terms import (
    TooLargeError,
    TooSmallError,
    UnknownEnvelopeError,
    WrongDayError,
)
from app.extensions import limiter
from app.language import gettext
from app.models import Envelope
from app.money import Money
from app.pages.actor import current_actor
from app.pages.amounts import as_typed
from app.pages.set_aside.blueprint import blueprint
from app.pages.set_aside.forms import EnvelopeForm, summarize_change
from app.pages.set_aside.view import EnvelopeLine
from app.pages.set_aside.wording import too_large, was_set_aside, wrong_day
from app.transaction import transaction
from app.web.formatting import money
from app.web.identity import current_organization, org_admin_required
from app.web.rate_limits import OFTEN
from app.web.resend import resendable
from app.web.step_up import Change, confirmation_required
from app.web.text_guard import keeps_typed


@blueprint.get("/envelopes/<uuid:envelope_id>")
@org_admin_required
def show_envelope(envelope_id: UUID) -> Response:
    """What it has, and forms to change and end it."""
    return _draw(_find(envelope_id), EnvelopeForm(None))


@blueprint.post("/envelopes/<uuid:envelope_id>")
@org_admin_required
@confirmation_required(Change.SPENDING)
@resendable(summarize_change)
@limiter.limit(OFTEN)
@keeps_typed(EnvelopeForm)
def change(envelope_id: UUID) -> Response:
    """Another amount or last day."""
    organization, form = current_organization(), EnvelopeForm()
    if not form.validate():
        return _draw(_find(envelope_id), form, status=422)
    try:
        with transaction():
            changed = envelopes.change(
                organization, envelope_id, form.wanted, form.day, current_actor(), seen=form.seen.data
            )
    except UnknownEnvelopeError:
        return _gone()
    except ChangedMeanwhileError:
        form.seen.data = None
        return _draw(_find(envelope_id), form, was_changed=True, status=422)
    except TooLargeError as error:
        form.amount.errors = [too_large(error)]
    except TooSmallError as error:
        form.amount.errors = [
            gettext(
                "Calls have used or reserved %(amount)s of it. Enter at least that, or end the envelope.",
                amount=money(error.least),
            )
        ]
    except WrongDayError as error:
        form.until.errors = [wrong_day(error)]
    else:
        flash(was_set_aside(form.wanted, changed))
        return redirect(url_for("set_aside.show"), 303)
    return _draw(_find(envelope_id), form, status=422)


@blueprint.post("/envelopes/<uuid:envelope_id>/end")
@org_admin_required
@confirmation_required(Change.SPENDING)
@limiter.limit(OFTEN)
def end(envelope_id: UUID) -> Response:
    """End it now: what is left is available again."""
    organization = current_organization()
    try:
        with transaction():
            ended = envelopes.end(organization, envelope_id, current_actor())
    except UnknownEnvelopeError:
        return _gone()
    returned = Money(ended.returned_micro, organization.currency)
    flash(
        gettext(
            "Credit is no longer set aside for %(campaign)s. %(amount)s is available again.",
            campaign=ended.campaign,
            amount=money(returned),
        )
    )
    return redirect(url_for("set_aside.show"), 303)


def _find(envelope_id: UUID) -> Envelope:
    try:
        return envelope_queries.find(current_organization().id, envelope_id)
    except UnknownEnvelopeError:
        abort(404)


def _gone() -> Response:
    flash(gettext("This envelope has ended. Nothing was changed."))
    return redirect(url_for("set_aside.show"), 303)


def _draw(
    envelope: Envelope, form: EnvelopeForm, *, was_changed: bool = False, status: int = 200
) -> Response:
    line = EnvelopeLine.of(envelope, current_organization().currency)
    if form.amount.data is None:
        form.amount.data, form.until.data = as_typed(line.amount.rounded), envelope.until.isoformat()
    if form.seen.data is None:
        form.seen.data = envelope_terms.as_text(envelope)
    first, last = envelope_terms.days_for(current_organization())
    html = render_template(
        "set_aside/envelope.html",
        line=line,
        form=form,
        first_day=first,
        last_day=last,
        was_changed=was_changed,
        changed=meanwhile.find_last(envelope.org_id, "envelope.changed", subject=envelope.campaign)
        if was_changed
        else None,
    )
    return make_response(html, status)
