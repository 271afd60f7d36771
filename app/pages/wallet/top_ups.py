"""Top-ups: review one, pay it, cancel it, view its receipt. Each has a URL that shows its current step."""

from __future__ import annotations

from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.billing import topups
from app.billing.cards.payment_methods import CardNotUsableError
from app.billing.purchases import NotStartedError
from app.billing.topups import (
    AmountOutOfRangeError,
    DailyLimitReachedError,
    UnconfirmedError,
    UnknownTopUpError,
)
from app.extensions import db, limiter
from app.language import gettext
from app.models import TopUp, TopUpStatus
from app.pages.actor import current_actor
from app.pages.wallet import view as wallet_page
from app.pages.wallet.card_choice import CardForm
from app.pages.wallet.forms import TopUpForm, out_of_range, summarize_top_up
from app.pages.wallet.limit_wording import limit_reached
from app.pages.wallet.routes import blueprint, context, draw, draw_page
from app.payments import documents
from app.payments.errors import PaymentsError
from app.web import error_pages
from app.web.formatting import money
from app.web.identity import current_organization, org_admin_required
from app.web.marks import charges, kept_in_address
from app.web.other_sites import lead_to
from app.web.parts import wants_region
from app.web.payment_problems import Problem, problem
from app.web.rate_limits import OFTEN
from app.web.resend import resendable
from app.web.step_up import Change, ConfirmationNeededError, confirmation_required, is_confirmed
from app.web.text_guard import keeps_typed


@blueprint.post("/top-ups")
@org_admin_required
@resendable(summarize_top_up)
@kept_in_address("amount", "other_amount", "card")
@limiter.limit(OFTEN)
@keeps_typed(TopUpForm)
def begin_top_up() -> Response:
    """Take amount and card, and continue to the review. Nothing is charged."""
    form = TopUpForm()
    if not form.validate():
        return _refused(form)
    try:
        top_up = topups.begin(current_organization(), form.chosen_amount, form.chosen_card, current_actor())
    except CardNotUsableError as error:
        form.refuse_card(str(error))
        return _refused(form)
    except PaymentsError as error:
        form.refuse_card(str(problem(error, gettext("nothing was charged"))))
        return _refused(form)
    except AmountOutOfRangeError as error:
        form.amount.errors = [out_of_range(error.minimum, error.maximum)]
        return _refused(form)
    except DailyLimitReachedError as error:
        form.amount.errors = [limit_reached(error)]
        return _refused(form)
    return _to(top_up)


@blueprint.get("/top-ups/<uuid:top_up_id>")
@org_admin_required
def show_top_up(top_up_id: UUID) -> Response:
    """Show a top-up's step: its review, the bank's confirmation, or its result."""
    top_up = topups.find(current_organization().id, top_up_id)
    # Back from the bank's own page, Stripe already has the result: ask instead of waiting for the webhook.
    if "payment_intent" in request.args and top_up.status is TopUpStatus.ACTION:
        top_up = topups.refresh(current_organization(), top_up_id, current_actor())
    htmx = wants_region()
    response = make_response(draw(top_up, region=htmx))
    if htmx:
        response.headers["HX-Push-Url"] = url_for("wallet.show_top_up", top_up_id=top_up.id)
    return response


def _is_large(top_up_id: UUID) -> bool:
    return topups.is_large(topups.find(current_organization().id, top_up_id))


@blueprint.post("/top-ups/<uuid:top_up_id>/payments")
@org_admin_required
@confirmation_required(Change.TOP_UP, when=_is_large)
@limiter.limit(OFTEN)
@charges
def pay_top_up(top_up_id: UUID) -> Response:
    """Charge the card: at most once, however often this is sent."""
    form = CardForm()
    if "card" in request.form and not form.validate():
        return _step_refused(top_up_id, form)
    # Without a card in the form, use the reviewed one.
    chosen = form.chosen_card if "card" in request.form else None
    try:
        top_up = topups.pay(
            current_organization(),
            top_up_id,
            chosen,
            current_actor(),
            is_confirmed=is_confirmed(),
            radar_session=form.browser_signals,
        )
    except UnconfirmedError as error:
        raise ConfirmationNeededError(Change.TOP_UP) from error
    except CardNotUsableError as error:
        db.session.rollback()
        form.refuse_card(str(error))
        return _step_refused(top_up_id, form)
    except DailyLimitReachedError as error:
        db.session.rollback()
        flash(limit_reached(error), "error")
        return _step_refused(top_up_id)
    except (NotStartedError, PaymentsError) as error:
        db.session.rollback()
        flash(str(problem(error, gettext("your card was not charged"))), "error")
        return _step_refused(top_up_id)
    return _show_result(top_up)


@blueprint.post("/top-ups/<uuid:top_up_id>/confirmation")
@org_admin_required
@charges
def confirm_top_up(top_up_id: UUID) -> Response:
    """The bank's challenge has ended in the page: ask Stripe for the result."""
    return _show_result(topups.refresh(current_organization(), top_up_id, current_actor()))


@blueprint.post("/top-ups/<uuid:top_up_id>/cancellation")
@org_admin_required
def cancel_top_up(top_up_id: UUID) -> Response:
    """Cancel an unpaid top-up."""
    try:
        top_up = topups.cancel(current_organization(), top_up_id, current_actor())
    except PaymentsError as error:
        db.session.rollback()
        unknown = Problem(
            gettext("The payment processor didn't respond, so the top-up may already be canceled."),
            gettext("Refresh this page in a minute."),
        )
        flash(str(problem(error, gettext("the top-up wasn't canceled"), unknown=unknown)), "error")
        return _step_refused(top_up_id)
    return _show_result(top_up)


@blueprint.get("/top-ups/<uuid:top_up_id>/receipt")
@org_admin_required
def show_receipt(top_up_id: UUID) -> Response:
    """Redirect to Stripe's receipt, whose URL is fetched at each click because it expires."""
    top_up = topups.find(current_organization().id, top_up_id)
    try:
        address = documents.receipt_url(top_up.charge_id) if top_up.charge_id else None
    except PaymentsError as error:
        return error_pages.payments_page(error, gettext("the receipt can't be shown"))
    if address is None:
        return error_pages.page(
            404,
            message=gettext("This top-up has no receipt."),
            next_step=gettext("Only a paid top-up has one. If this one was paid, ask support for a copy."),
        )
    return lead_to(address)


@blueprint.errorhandler(UnknownTopUpError)
def _unknown(_: UnknownTopUpError) -> Response:
    # Emails link here, too, whatever organization is in view.
    return error_pages.page(
        404,
        message=gettext("There is no such top-up in this organization."),
        next_step=gettext(
            "If it belongs to another of your organizations, switch to that one, then open the link again."
        ),
    )


def _to(top_up: TopUp) -> Response:
    return redirect(url_for("wallet.show_top_up", top_up_id=top_up.id), 303)


def _show_result(top_up: TopUp) -> Response:
    """Continue to the top-up with a message about the result; in place, its step has its own
    (`wallet/_said.html`)."""
    if not wants_region():
        amount = money(top_up.amount)
        said = {
            TopUpStatus.SUCCEEDED: gettext("%(amount)s was added to your wallet.", amount=amount),
            TopUpStatus.PAYING: gettext("Your payment of %(amount)s is in progress.", amount=amount),
            TopUpStatus.ACTION: gettext(
                "Confirm the payment of %(amount)s with your bank. Nothing has been charged yet.",
                amount=amount,
            ),
            TopUpStatus.CANCELED: gettext("The top-up was canceled. Nothing was charged."),
            TopUpStatus.DECLINED: gettext(
                "The payment of %(amount)s was declined. Nothing was charged.", amount=amount
            ),
        }.get(top_up.status)
        if said:
            flash(said, "error" if top_up.status is TopUpStatus.DECLINED else "message")
    return _to(top_up)


def _refused(form: TopUpForm) -> Response:
    db.session.rollback()
    view = wallet_page.gather(current_organization())
    values = context(view, form)
    page = render_template("wallet/_top_up.html", **values) if wants_region() else draw_page(values)
    return make_response(page, 422)


def _step_refused(top_up_id: UUID, form: CardForm | None = None) -> Response:
    """Show the top-up's step again, with the error."""
    top_up = topups.find(current_organization().id, top_up_id)
    if form is not None and top_up.status is TopUpStatus.REVIEW:
        # That step has no choice of card: show the error above it.
        flash(next(iter(form.errors.values()))[0], "error")
    return make_response(draw(top_up, form, region=wants_region()), 422)
