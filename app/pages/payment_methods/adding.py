"""Adding a card with Stripe's own card form, within the page or on one of its own."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from flask import flash, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from app.billing.cards import removal, setups
from app.billing.cards.removal import UnknownCardError
from app.billing.cards.setups import SavedCard, SetupNotDoneError, TooManyCardsError
from app.extensions import limiter
from app.language import gettext
from app.models import card_name
from app.pages.actor import current_actor
from app.pages.card_form import after_saving, card_form, task_of
from app.pages.payment_methods.routes import blueprint, changed, not_changed
from app.payments.errors import PaymentsError, RefusedError
from app.web import error_pages
from app.web.going_on import go_on
from app.web.identity import current_identity, current_organization, org_admin_required
from app.web.parts import wants_region
from app.web.payment_problems import problem
from app.web.rate_limits import OFTEN
from app.web.step_up import Change, confirmation_required


@blueprint.get("/new")
@org_admin_required
@confirmation_required(Change.CARDS)
def new() -> str | Response:
    """Show Stripe's card form. On return from a bank's own page, the card is saved immediately."""
    if "setup_intent" in request.args:
        return _save(request.args["setup_intent"], request.args.get("next"))
    return render_template(
        "payment_methods/_form.html" if wants_region() else "payment_methods/new.html",
        card_form=card_form(next_ := request.args.get("next"), task_of(next_)),
    )


@blueprint.post("/setups")
@org_admin_required
@confirmation_required(Change.CARDS)
@limiter.limit(OFTEN)
def begin_setup() -> Response:
    """Begin to save a card when Save is pressed; returns the secret for Stripe's script."""
    try:
        attempt = UUID(request.form.get("attempt", ""))
    except ValueError:
        return make_response(jsonify(error=gettext("This card form is incomplete. Reload the page.")), 422)
    try:
        setup = setups.begin_setup(
            current_organization(), attempt, email=current_identity().user.email, actor=current_actor()
        )
    except TooManyCardsError as error:
        return make_response(jsonify(error=str(error)), 422)
    except PaymentsError as error:
        return make_response(jsonify(error=str(problem(error, gettext("nothing was saved or charged")))), 503)
    return make_response(jsonify(client_secret=setup.client_secret), 201)


@blueprint.post("")
@org_admin_required
@confirmation_required(Change.CARDS)
def create() -> Response:
    """Save the card of a finished card form."""
    return _save(request.form.get("setup_intent", ""), request.form.get("next"))


def _save(setup_intent_id: str, wanted_next: str | None) -> Response:
    """Save the card, and return to where it was needed: a task, a top-up, or the list of cards.

    Where the task says that the card pays for a plan from now on, as its form did, it becomes the default.
    """
    try:
        card = setups.finish(current_organization(), setup_intent_id, current_actor())
    except RefusedError as error:
        if error.code == "resource_missing":
            unknown = gettext("The payment processor doesn't recognize this card form. Add the card again.")
            return _refused(unknown)
        return _refused(str(problem(error, gettext("the card wasn't saved"))))
    except SetupNotDoneError as error:
        return _refused(str(error))
    except PaymentsError as error:
        return _away(error)
    task = task_of(wanted_next)
    if "in_place" in request.form and task is None:
        return changed(_saved_message(card), saved_card=card.method.id)
    if task is not None and task.plan is not None and not card.method.is_default:
        with suppress(UnknownCardError):
            removal.make_default(current_organization(), card.method.id, current_actor())
    flash(_saved_message(card))
    address = after_saving(wanted_next, card.method)
    return redirect(address, 303) if "in_place" in request.form else go_on(address)


def _saved_message(card: SavedCard) -> str:
    name = card_name(card.method.label)
    if card.was_known:
        return gettext("%(card)s was already saved. Its details are now up to date.", card=name)
    return gettext("%(card)s was saved.", card=name)


def _refused(message: str) -> Response:
    return _problem(message, 422) if wants_region() else not_changed(message)


def _away(error: PaymentsError) -> Response:
    message = problem(error, gettext("we don't know yet whether the card was saved")).message
    later = gettext("If it was saved, it appears in your payment methods within a minute.")
    # 424: the form is valid and may be sent again unchanged; a 5xx would be our own failure.
    if wants_region():
        return _problem(f"{message} {gettext('Press Save card again.')} {later}", 424)
    return error_pages.page(503, message=message, next_step=later)


def _problem(message: str, status: int) -> Response:
    """Show a message in the form, which stays as it is."""
    return make_response(render_template("payment_methods/problem.html", problem=message), status)
