"""A switch of plan, step by step. Each switch has a URL that shows its current step."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.billing.cards.payment_methods import CardNotUsableError
from app.billing.plans.refusals import ChangeRefusedError, Refusal
from app.billing.purchases import NotStartedError
from app.billing.subscriptions import previews, switches
from app.extensions import db, limiter
from app.language import gettext, marked, translated
from app.models import PlanSwitch, SwitchStatus
from app.pages.actor import current_actor
from app.pages.change_plan.forms import PayForm, PlanForm, summarize_plan
from app.pages.change_plan.routes import blueprint, draw
from app.payments.errors import PaymentsError
from app.web import error_pages
from app.web.identity import current_organization, org_admin_required
from app.web.marks import charges, kept_in_address
from app.web.parts import wants_region
from app.web.payment_problems import Problem, problem
from app.web.rate_limits import OFTEN
from app.web.resend import resendable
from app.web.step_up import Change, confirmation_required

_ELSEWHERE = marked(
    "This plan wasn't bought here, so it can't be changed here. Contact support to change it."
)
_ARRANGED = marked("Support set up your plan, so it can't be changed here. Contact support to change it.")
_ADDRESS_NEEDED = marked(
    "Tax on plans depends on your location. Add your billing address, with the postal code if you're in the "
    "United States or Canada. Then you come back to this choice."
)
_ON_IT = marked("You're already on this plan. Choose another.")
_PAST_DUE = marked(
    "Your renewal isn't paid yet. Pay it before you switch to a larger plan. You can choose a smaller one."
)
_REFUSED = {
    Refusal.ALREADY_ON_IT: _ON_IT,
    Refusal.ARRANGED: _ARRANGED,
    Refusal.NO_ADDRESS: _ADDRESS_NEEDED,
    Refusal.PAST_DUE: _PAST_DUE,
    Refusal.SOLD_ELSEWHERE: _ELSEWHERE,
}
"""Messages for refusals; others have their own."""


@blueprint.post("/billing/change-plan")
@org_admin_required
@resendable(summarize_plan)
@kept_in_address("plan", "billing")
@limiter.limit(OFTEN)
def begin_switch() -> Response:
    """Take the choice, and continue to the review with its costs. Nothing is changed."""
    form = PlanForm()
    if not form.validate():
        return _refused(form)
    try:
        switch = switches.begin(current_organization(), *form.chosen, current_actor())
    except ChangeRefusedError as error:
        if error.switch is not None and error.refusal is Refusal.OTHER_OPEN:
            return _to(error.switch)
        form.needs_address = error.refusal is Refusal.NO_ADDRESS
        form.refuse(_message_for(error))
    except PaymentsError as error:
        form.refuse(str(problem(error, gettext("nothing was changed"))))
    else:
        return _to(switch)
    return _refused(form)


@blueprint.get("/billing/change-plan/<uuid:switch_id>")
@org_admin_required
def show_switch(switch_id: UUID) -> Response:
    """Show a switch's step: its review, the bank's confirmation, or its result."""
    organization = current_organization()
    switch = switches.find(organization.id, switch_id)
    # Back from the bank's own page, Stripe already has the result: ask instead of waiting for the webhook.
    is_back = "payment_intent" in request.args and switch.status is SwitchStatus.ACTION
    if is_back or switches.lacks_charge(switch):
        switch = switches.refresh(organization, switch_id, current_actor())
    response = draw(switch)
    if wants_region():
        response.headers["HX-Push-Url"] = url_for("change_plan.show_switch", switch_id=switch.id)
    return response


def _is_large(switch_id: UUID) -> bool:
    return switches.is_large(switches.find(current_organization().id, switch_id))


@blueprint.post("/billing/change-plan/<uuid:switch_id>/confirmation")
@org_admin_required
@confirmation_required(Change.PLAN, when=_is_large)
@limiter.limit(OFTEN)
@charges
def confirm_switch(switch_id: UUID) -> Response:
    """Make the switch: at most once, however often this is sent."""
    organization = current_organization()
    try:
        switch = switches.confirm(organization, switch_id, current_actor(), shown=request.form.get("shown"))
    except ChangeRefusedError as error:
        if error.switch is not None and error.refusal is Refusal.OTHER_OPEN:
            return _to(error.switch)
        if error.refusal is Refusal.ALREADY_ON_IT:
            flash(_message_for(error))
            return redirect(url_for("change_plan.show"), 303)
        if error.refusal is Refusal.REVIEW_AGAIN:
            return draw(error.switch, why=f"{error} {gettext('Review it again, then confirm.')}", status=422)
        why = _message_for(error)
    except CardNotUsableError as error:
        why = str(error)
    except (NotStartedError, PaymentsError) as error:
        why = str(problem(error, gettext("nothing was changed")))
    else:
        return _show_result(switch)
    db.session.rollback()
    return draw(switches.find(organization.id, switch_id), why=why, status=422)


@blueprint.post("/billing/change-plan/<uuid:switch_id>/payments")
@org_admin_required
@confirmation_required(Change.PLAN, when=_is_large)
@limiter.limit(OFTEN)
@charges
def pay_switch(switch_id: UUID) -> Response:
    """Pay with another card for a switch that was declined."""
    organization, form = current_organization(), PayForm()
    if form.validate():
        try:
            return _show_result(switches.pay(organization, switch_id, form.chosen, current_actor()))
        except CardNotUsableError as error:
            form.refuse(str(error))
        except (NotStartedError, PaymentsError) as error:
            form.refuse(str(problem(error, gettext("nothing was charged"))))
        db.session.rollback()
    return draw(switches.find(organization.id, switch_id), form, status=422)


@blueprint.post("/billing/change-plan/<uuid:switch_id>/answer")
@org_admin_required
@charges
def answer_switch(switch_id: UUID) -> Response:
    """The bank's challenge has ended in the page: ask Stripe for the result."""
    return _show_result(switches.refresh(current_organization(), switch_id, current_actor()))


@blueprint.post("/billing/change-plan/<uuid:switch_id>/cancellation")
@org_admin_required
def cancel_switch(switch_id: UUID) -> Response:
    """Cancel an unpaid switch: the plan stays as it is."""
    organization = current_organization()
    try:
        return _show_result(switches.cancel(organization, switch_id, current_actor()))
    except PaymentsError as error:
        db.session.rollback()
        why = str(problem(error, gettext("nothing was changed"), unknown=_maybe_changed()))
        return draw(switches.find(organization.id, switch_id), why=why, status=422)


@blueprint.post("/billing/change-plan/scheduled/cancellation")
@org_admin_required
@limiter.limit(OFTEN)
def cancel_scheduled_change() -> Response:
    """Cancel the change scheduled for the end of the period."""
    try:
        switches.cancel_scheduled_change(current_organization(), current_actor())
    except ChangeRefusedError as error:
        return _not_canceled(_message_for(error))
    except PaymentsError as error:
        return _not_canceled(str(problem(error, gettext("nothing was changed"), unknown=_maybe_changed())))
    flash(gettext("Scheduled change canceled. Your plan hasn't changed."))
    return draw(None) if wants_region() else redirect(url_for("change_plan.show"), 303)


def _message_for(error: ChangeRefusedError) -> str:
    return translated(_REFUSED.get(error.refusal, "")) or str(error)


def _maybe_changed() -> Problem:
    return Problem(
        gettext("The payment processor didn't respond, so we don't know yet whether that was done."),
        gettext("Refresh this page in a minute."),
    )


def _not_canceled(why: str) -> Response:
    db.session.rollback()
    flash(why, "error")
    return draw(None, status=422)


@blueprint.errorhandler(switches.UnknownSwitchError)
def _unknown(_: switches.UnknownSwitchError) -> Response:
    return error_pages.page(
        404,
        message=gettext("There is no such change of plan in this organization."),
        next_step=gettext(
            "If it belongs to another of your organizations, switch to that one, then open the link again."
        ),
    )


def _to(switch: PlanSwitch) -> Response:
    return redirect(url_for("change_plan.show_switch", switch_id=switch.id), 303)


def _show_result(switch: PlanSwitch) -> Response:
    """Continue to the switch with a message about the result; in place, its step has its own
    (`change_plan/_said.html`)."""
    if not wants_region() and (said := _said(switch)):
        flash(said, "error" if switch.status is SwitchStatus.DECLINED else "message")
    return _to(switch)


def _said(switch: PlanSwitch) -> str | None:
    name = translated(previews.plan_of(switch).name)
    if switch.status is SwitchStatus.DONE and not switch.is_at_once:
        return gettext("The change to %(plan)s is scheduled.", plan=name)
    return {
        SwitchStatus.DONE: gettext("You're now on %(plan)s.", plan=name),
        SwitchStatus.SWITCHING: gettext("The change to %(plan)s is in progress.", plan=name),
        SwitchStatus.ACTION: gettext("Confirm the payment with your bank. Nothing has been charged yet."),
        SwitchStatus.DECLINED: gettext(
            "The payment was declined. Nothing was charged, and your plan hasn't changed."
        ),
        SwitchStatus.CANCELED: gettext("Your plan hasn't changed. Nothing was charged."),
    }.get(switch.status)


def _refused(form: PlanForm) -> Response:
    db.session.rollback()
    return draw(None, form, status=422)
