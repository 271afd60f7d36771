"""Making a card the default, and removing one."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.billing.cards import removal
from app.billing.cards.removal import CardInUseError, CardNeededError, UnknownCardError
from app.language import gettext, marked, translated
from app.models import card_name
from app.own_pages import own_address
from app.pages.actor import current_actor
from app.pages.card_form import after_saving, task_of
from app.pages.payment_methods import view
from app.pages.payment_methods.routes import blueprint, changed, not_changed
from app.payments.errors import PaymentsError
from app.web.identity import current_organization, org_admin_required
from app.web.payment_problems import Problem, problem
from app.web.step_up import Change, confirmation_required

_GONE = marked("This card is no longer saved.")


@blueprint.post("/<uuid:card_id>/default")
@org_admin_required
@confirmation_required(Change.CARDS)
def make_default(card_id: UUID) -> Response:
    """Make a card the default for top-ups and the plan, and go on with the task that needs it, if there is one."""
    next_ = request.form.get("next")
    is_for_task = task_of(next_) is not None
    try:
        method = removal.make_default(current_organization(), card_id, current_actor())
    except UnknownCardError:
        if not is_for_task:
            return not_changed(translated(_GONE))
        flash(translated(_GONE), "error")
        return redirect(own_address(next_, otherwise=url_for("payment_methods.show")), 303)
    message = gettext("%(card)s is now your default card.", card=card_name(method.label))
    if not is_for_task:
        return changed(message)
    flash(message)
    return redirect(after_saving(next_, method), 303)


@blueprint.get("/<uuid:card_id>/removal")
@org_admin_required
@confirmation_required(Change.CARDS)
def confirm_removal(card_id: UUID) -> str | Response:
    """Ask before a card is removed: the page behind the dialog, for browsers without scripts."""
    page = view.gather(current_organization())
    card = next((one for one in page.cards if one.id == card_id), None)
    if card is None:
        return not_changed(translated(_GONE))
    return render_template("payment_methods/remove.html", card=card, page=page)


@blueprint.post("/<uuid:card_id>/removal")
@org_admin_required
@confirmation_required(Change.CARDS)
def remove(card_id: UUID) -> Response:
    """Remove a card, unless something needs it: then say what does, and what to do."""
    try:
        removed = removal.remove(current_organization(), card_id, current_actor())
    except UnknownCardError:
        return not_changed(translated(_GONE))
    except (CardNeededError, CardInUseError):
        return changed(refused=card_id)
    except PaymentsError as error:
        return not_changed(str(problem(error, gettext("the card wasn't removed"), unknown=_maybe_removed())))
    message = gettext("%(card)s was removed.", card=card_name(removed.card.label))
    if removed.new_default:
        successor = gettext("%(card)s is now your default card.", card=card_name(removed.new_default.label))
        message = f"{message} {successor}"
    return changed(message)


def _maybe_removed() -> Problem:
    return Problem(
        gettext("The payment processor didn't respond, so we don't know yet whether the card was removed."),
        gettext("Refresh this page in a minute."),
    )
