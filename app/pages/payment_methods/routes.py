"""List the saved cards, and add one with Stripe's own card form."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.billing import card_changes, payment_methods
from app.billing.card_changes import CardNeededError, UnknownCardError
from app.billing.payment_methods import SetupNotDoneError
from app.extensions import db, limiter
from app.pages.actor import current_actor
from app.payments.errors import PaymentsError, RefusedError
from app.web import errors
from app.web.addresses import own_address
from app.web.identity import current_identity, current_organization, org_admin_required
from app.web.rate_limits import OFTEN

blueprint = Blueprint("payment_methods", __name__, url_prefix="/billing/payment-methods")

_GONE = "This card is not among your saved cards any more."
_AWAY = "The payment processor can't be reached, so no card form can be shown. Nothing was saved or charged."


@blueprint.get("")
@org_admin_required
def show() -> str:
    """The saved cards."""
    return render_template(
        "payment_methods/show.html", cards=payment_methods.list_cards(current_organization())
    )


@blueprint.get("/new")
@org_admin_required
@limiter.limit(OFTEN)
def new() -> str | Response:
    """Stripe's card form. Coming back from a bank's own page, the card is saved at once."""
    if "setup_intent" in request.args:
        return _save(request.args["setup_intent"], request.args.get("next"))
    settings = current_app.config["SETTINGS"]
    try:
        setup = payment_methods.begin_setup(current_organization(), email=current_identity().user.email)
    except PaymentsError:
        db.session.rollback()
        return errors.page(503, message=_AWAY)
    return render_template(
        "payment_methods/new.html",
        client_secret=setup.client_secret,
        stripe={"publishable_key": settings.stripe_publishable_key, "js_url": settings.stripe_js_url},
        next=request.args.get("next"),
        return_url=f"{settings.public_url}{url_for('payment_methods.new', next=request.args.get('next'))}",
    )


@blueprint.post("")
@org_admin_required
def create() -> Response:
    """Save the card of a finished card form."""
    return _save(request.form.get("setup_intent", ""), request.form.get("next"))


@blueprint.post("/<uuid:card_id>/default")
@org_admin_required
def make_default(card_id: UUID) -> Response:
    """Let a card be the one for top-ups and for the plan."""
    try:
        method = card_changes.make_default(current_organization(), card_id, current_actor())
    except UnknownCardError:
        db.session.rollback()
        return _again(_GONE)
    db.session.commit()
    flash(f"{method.label} is your default card now.")
    return redirect(url_for("payment_methods.show"), 303)


@blueprint.get("/<uuid:card_id>/removal")
@org_admin_required
def confirm_removal(card_id: UUID) -> str | Response:
    """Ask before a card is removed: the page behind the dialog, for browsers without scripts."""
    card = next(
        (one for one in payment_methods.list_cards(current_organization()) if one.id == card_id), None
    )
    return render_template("payment_methods/remove.html", card=card) if card else _again(_GONE)


@blueprint.post("/<uuid:card_id>/removal")
@org_admin_required
def remove(card_id: UUID) -> Response:
    """Remove a card, unless a plan needs it: then say which, and what to do."""
    try:
        method = card_changes.remove(current_organization(), card_id, current_actor())
    except UnknownCardError:
        return _again(_GONE)
    except CardNeededError as error:
        return _again(f"{error} Add another card first, then remove this one.")
    except PaymentsError:
        db.session.rollback()
        return _again(
            "The payment processor can't be reached, so the card was not removed. Try again in a moment."
        )
    flash(f"{method.label} is removed.")
    return redirect(url_for("payment_methods.show"), 303)


def _save(setup_intent_id: str, wanted_next: str | None) -> Response:
    """Save the card, and go back to what it was wanted for: a top-up, or the list of cards."""
    try:
        method = payment_methods.finish_setup(current_organization(), setup_intent_id, current_actor())
        db.session.commit()
    except RefusedError:
        db.session.rollback()
        return _again("This card form is not known at the payment processor.")
    except SetupNotDoneError as error:
        return _again(str(error))
    except PaymentsError:
        db.session.rollback()
        return errors.page(
            503,
            message="The payment processor can't be reached to confirm the card.",
            next_step="If it was saved, it appears among your payment methods by itself within a minute.",
        )
    flash(f"{method.label} is saved.")
    return redirect(own_address(wanted_next, otherwise=url_for("payment_methods.show")), 303)


def _again(message: str) -> Response:
    flash(message, "error")
    return redirect(url_for("payment_methods.show"), 303)
