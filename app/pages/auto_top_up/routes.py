"""The page of auto top-up, and what owners do there."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.billing import catalog
from app.billing.auto_top_ups import overview, settings
from app.billing.auto_top_ups.settings import AmountsDontFitError, CardDeclinedError, ChangedMeanwhileError
from app.billing.cards import payment_methods
from app.billing.cards.payment_methods import CardNotUsableError
from app.extensions import db, limiter
from app.language import gettext
from app.models import Organization
from app.pages.actor import current_actor
from app.pages.auto_top_up import wording
from app.pages.auto_top_up.forms import AutoTopUpForm
from app.web.identity import current_organization, org_admin_required
from app.web.rate_limits import OFTEN
from app.web.resend import Field, list_fields, resendable
from app.web.seen import carried
from app.web.step_up import Change, confirmation_required
from app.web.text_guard import keeps_typed

blueprint = Blueprint("auto_top_up", __name__, url_prefix="/billing/wallet/auto-top-up")


def summarize_form(organization: Organization, typed: MultiDict[str, str]) -> Iterable[Field]:
    """The settings as they were typed, with the cards by name and the words of the consent."""
    labels = {str(card.id): card.label for card in payment_methods.list_cards(organization)}
    yield from list_fields(
        typed,
        threshold=gettext("When available credit falls below"),
        target=gettext("Refill to"),
        cap=gettext("Monthly limit"),
    )
    for name, label in (
        ("card", gettext("Card")),
        ("backup", gettext("Backup card")),
        ("second_backup", gettext("Second backup card")),
    ):
        value = typed.get(name, "")
        yield Field(name, value, label, labels.get(value, ""))
    agreed = typed.get("agreed", "")
    yield Field("agreed", agreed, gettext("You agree"), wording.consent() if agreed else "")
    yield carried(typed, "version")


@blueprint.get("")
@org_admin_required
def show() -> Response:
    """What happens next, and the form."""
    return _draw(None)


@blueprint.post("")
@org_admin_required
@confirmation_required(Change.AUTO_TOP_UP)
@resendable(summarize_form)
@limiter.limit(OFTEN)
@keeps_typed(AutoTopUpForm)
def agree() -> Response:
    """Turn auto top-up on with these settings, or change them, by an owner who agrees to the words shown."""
    organization, form = current_organization(), AutoTopUpForm()
    if not form.check(organization.currency):
        return _draw(form, status=422)
    try:
        was_on = _is_on(organization)
        settings.agree(organization, form.wanted, wording.consent(), current_actor())
    except ChangedMeanwhileError:
        db.session.rollback()
        return _draw(form, status=422, was_changed=True)
    except AmountsDontFitError as error:
        form.refuse(error)
    except CardNotUsableError as error:
        form.card.errors = [str(error)]
    except CardDeclinedError as error:
        form.card.errors = [
            gettext(
                "%(card)s was declined, and hasn't paid anything since. Pay a top-up with it first, "
                "or choose another card.",
                card=error.card.label,
            )
        ]
    if form.errors:
        db.session.rollback()
        return _draw(form, status=422)
    flash(
        gettext("Auto top-up was changed.")
        if was_on
        else gettext("Auto top-up is on. All owners were notified by email.")
    )
    return redirect(url_for("auto_top_up.show"), 303)


@blueprint.post("/off")
@org_admin_required
@limiter.limit(OFTEN)
def turn_off() -> Response:
    """Turn it off: no question, because it only stops charges."""
    settings.turn_off(current_organization(), current_actor())
    flash(gettext("Auto top-up is off. No card is charged automatically anymore."))
    return redirect(url_for("auto_top_up.show"), 303)


def _is_on(organization: Organization) -> bool:
    state = overview.gather(organization)
    return state is not None and state.is_on


def _draw(form: AutoTopUpForm | None, *, status: int = 200, was_changed: bool = False) -> Response:
    organization = current_organization()
    state = overview.gather(organization)
    cards = payment_methods.list_cards(organization)
    drawn = form or AutoTopUpForm.of(state, cards)
    if was_changed:
        drawn.version.data = str(state.version if state else 0)
        drawn.agreed.data = False
    attempts = overview.list_attempts(organization) if state else []
    page = render_template(
        "auto_top_up/show.html",
        form=drawn,
        state=state,
        cards=cards,
        attempts=[(attempt, wording.outcome(attempt)) for attempt in attempts],
        sentence=wording.next_charge(state, state.next) if state and state.next else None,
        off=wording.off(state.off_reason) if state and state.off_reason else None,
        consent=wording.consent(),
        was_changed=was_changed,
        minimum=catalog.current().top_up.minimum,
    )
    return make_response(page, status)
