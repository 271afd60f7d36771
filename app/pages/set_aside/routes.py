"""Envelopes and the reserve on one page, and setting credit aside."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.billing.audit.meanwhile import OthersChange
from app.billing.wallet import envelopes
from app.billing.wallet.envelope_terms import AlreadyOpenError, TooLargeError, TooManyError, WrongDayError
from app.extensions import limiter
from app.language import gettext
from app.pages.actor import current_actor
from app.pages.amounts import as_typed
from app.pages.set_aside import view
from app.pages.set_aside.blueprint import blueprint
from app.pages.set_aside.forms import (
    AMOUNT,
    OFF,
    RENT,
    NewEnvelopeForm,
    ReserveForm,
    summarize_envelope,
)
from app.pages.set_aside.wording import too_large, too_many, was_set_aside, wrong_day
from app.transaction import transaction
from app.web.identity import current_organization, org_admin_required
from app.web.rate_limits import OFTEN
from app.web.resend import resendable
from app.web.step_up import Change, confirmation_required
from app.web.text_guard import keeps_typed

USUAL_DAYS = timedelta(days=30)
"""How long credit is set aside unless another last day is chosen."""


@blueprint.get("")
@org_admin_required
def show() -> Response:
    """Envelopes, the reserve, and forms for both."""
    return draw(NewEnvelopeForm(None), ReserveForm(None))


@blueprint.post("/envelopes")
@org_admin_required
@confirmation_required(Change.SPENDING)
@resendable(summarize_envelope)
@limiter.limit(OFTEN)
@keeps_typed(NewEnvelopeForm)
def add() -> Response:
    """Set credit aside for a campaign."""
    form = NewEnvelopeForm()
    if not form.validate():
        return draw(form, ReserveForm(None), status=422)
    try:
        with transaction():
            made = envelopes.set_aside(
                current_organization(), form.name, form.wanted, form.day, current_actor()
            )
    except TooLargeError as error:
        form.amount.errors = [too_large(error)]
    except WrongDayError as error:
        form.until.errors = [wrong_day(error)]
    except AlreadyOpenError:
        form.campaign.errors = [gettext("This campaign already has credit set aside. Change that instead.")]
    except TooManyError:
        form.campaign.errors = [too_many()]
    else:
        flash(was_set_aside(form.wanted, made))
        return redirect(url_for("set_aside.show"), 303)
    return draw(form, ReserveForm(None), status=422)


def draw(
    form: NewEnvelopeForm,
    reserve_form: ReserveForm,
    *,
    asks: str = "",
    changed: OthersChange | None = None,
    was_changed: bool = False,
    status: int = 200,
) -> Response:
    """With what was typed. `asks` is the question about the reserve, which someone else may have changed."""
    organization = current_organization()
    with transaction():
        page = view.gather(organization)
    if form.until.data is None:
        form.until.data = (page.first_day + USUAL_DAYS).isoformat()
    if reserve_form.kind.data is None:
        kept = page.reserve
        reserve_form.kind.data = RENT if kept.rent_days is not None else AMOUNT if kept.is_on else OFF
        reserve_form.floor.data = as_typed(kept.amount.rounded) if reserve_form.kind.data == AMOUNT else ""
    if reserve_form.seen.data is None:
        reserve_form.seen.data = page.reserve.as_text
    html = render_template(
        "set_aside/show.html",
        page=page,
        form=form,
        reserve_form=reserve_form,
        asks=asks,
        was_changed=was_changed,
        changed=changed,
    )
    return make_response(html, status)
