"""An unpaid renewal: paying it with another card, the bank's confirmation, and the result."""

from __future__ import annotations

from uuid import UUID

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.billing import plans
from app.billing.cards import paid_with as paid_cards
from app.billing.cards import payment_methods, removal
from app.billing.cards.payment_methods import CardNotUsableError
from app.billing.cards.removal import UnknownCardError
from app.billing.subscriptions import renewals
from app.billing.subscriptions.renewals import NothingToPayError
from app.extensions import db, limiter
from app.language import gettext, translated
from app.models import card_name
from app.pages.actor import current_actor
from app.pages.card_form import RENEWAL, card_form
from app.pages.change_plan.forms import RenewalForm
from app.pages.change_plan.routes import blueprint
from app.payments.declines import advice_for
from app.payments.errors import PaymentsError
from app.payments.intents import Payment
from app.web.formatting import money
from app.web.identity import current_organization, org_admin_required
from app.web.links import url_of_page
from app.web.marks import charges
from app.web.parts import wants_region
from app.web.payment_problems import Problem, problem
from app.web.rate_limits import OFTEN


@blueprint.get("/billing/renewal")
@org_admin_required
def show_renewal() -> Response:
    """Show the amount due, and the cards that could pay it."""
    if "payment_intent" in request.args:
        _refresh()
        _flash_result()
    return _draw()


@blueprint.post("/billing/renewal")
@org_admin_required
@limiter.limit(OFTEN)
@charges
def pay_renewal() -> Response:
    """Pay the renewal: at most once, however often this is sent."""
    form = RenewalForm()
    if form.validate():
        try:
            payment = renewals.pay(current_organization(), form.chosen, current_actor())
        except CardNotUsableError as error:
            form.refuse(str(error))
        except PaymentsError as error:
            form.refuse(str(problem(error, gettext("nothing was charged"), unknown=_unknown())))
        except NothingToPayError:
            return _to_page()
        else:
            if payment.succeeded or payment.requires_action:
                _flash_result(payment)
                if payment.succeeded and form.from_now_on.data:
                    _use_from_now_on(form.chosen)
                return _to_page(payment)
            advice = advice_for(payment.decline_code)
            form.refuse(f"{advice.message} {advice.next_step}")
        db.session.rollback()
    return _draw(form, status=422)


def _use_from_now_on(card_id: UUID) -> None:
    """Make the card that has paid the default. Where it can't be, the page still offers that."""
    try:
        card = removal.make_default(current_organization(), card_id, current_actor())
    except UnknownCardError:
        db.session.rollback()
    else:
        flash(gettext("%(card)s is now your default card.", card=card_name(card.label)))


@blueprint.post("/billing/renewal/answer")
@org_admin_required
@charges
def answer_renewal() -> Response:
    """The bank's challenge has ended in the page: ask Stripe how."""
    payment = _payment()
    _refresh()
    _flash_result(payment)
    return _to_page(payment)


def _payment() -> Payment | None:
    """The renewal's payment, as Stripe has it now; None without a response."""
    try:
        owed = renewals.get_due(current_organization())
    except PaymentsError:
        return None
    return owed.payment if owed else None


def _unknown() -> Problem:
    return Problem(
        gettext("The payment processor hasn't responded yet, so your card may have been charged."),
        gettext(
            "Refresh this page in a minute. If it still asks you to pay, try again: you can't be charged twice."
        ),
    )


def _flash_result(payment: Payment | None = None) -> None:
    organization = current_organization()
    plan = plans.gather(organization)
    if not plan.is_past_due:
        card = paid_cards.card_of(organization.id, payment) if payment else None
        said = gettext("The %(plan)s renewal is paid. %(plan)s is active.", plan=translated(plan.name))
        if payment and card:
            amount = money(payment.received)
            charged = gettext(
                "%(amount)s was charged to %(card)s.", amount=amount, card=card_name(card.label)
            )
            said = f"{said} {charged}"
        flash(said)
    else:
        flash(gettext("The renewal isn't paid yet. Confirm the payment with your bank."))


def _refresh() -> None:
    try:
        renewals.refresh(current_organization(), current_actor())
    except PaymentsError:
        db.session.rollback()


def _to_page(payment: Payment | None = None) -> Response:
    card = paid_cards.card_of(current_organization().id, payment) if payment else None
    return redirect(url_for("change_plan.show_renewal", paid_with=card.id if card else None), 303)


def _paid_with() -> UUID | None:
    try:
        return UUID(request.args.get("paid_with", ""))
    except ValueError:
        return None


def _draw(form: RenewalForm | None = None, *, status: int = 200) -> Response:
    organization, settings = current_organization(), current_app.config["SETTINGS"]
    plan = plans.gather(organization)
    owed = None
    unpayable = Problem(gettext("There's no open invoice to pay here."), gettext("Contact support."))
    try:
        owed = renewals.get_due(organization) if plan.is_past_due else None
    except PaymentsError as error:
        unpayable = problem(error, gettext("the renewal can't be paid here right now"))
    if plan.is_past_due and owed is None:
        # It may just have been paid or written off at Stripe.
        plan = plans.gather(organization)
    asks = owed is not None and owed.payment is not None and owed.payment.requires_action
    cards = payment_methods.list_cards(organization)
    template = "renewal_response.html" if wants_region() else "renewal.html"
    html = render_template(
        f"change_plan/{template}",
        plan=plan,
        owed=owed,
        unpayable=unpayable,
        client_secret=owed.payment.client_secret
        if asks and owed and owed.payment and "other" not in request.args and form is None
        else None,
        cards=cards,
        offer=None if plan.is_past_due else paid_cards.offer_default(organization, _paid_with()),
        failed_card=next((card for card in cards if card.is_default), None),
        advice=advice_for(plan.failure) if plan.failure else None,
        form=form or RenewalForm(request.args),
        card_form=card_form(url_of_page("change_plan.show_renewal"), RENEWAL, is_open=not cards),
        stripe={"publishable_key": settings.stripe_publishable_key, "js_url": settings.stripe_js_url},
    )
    return make_response(html, status)
