"""Confirming a phone with the code that it got, sending another one, and changing the number."""

from __future__ import annotations

from uuid import UUID

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.billing.alerts import channels, phones
from app.billing.alerts.channels import ChannelError
from app.billing.alerts.phones import CodeOverError, NotAskedError, WrongCodeError
from app.billing.mail import languages
from app.extensions import limiter
from app.language import gettext, marked, ngettext, translated
from app.models import AlertChannel
from app.pages.actor import current_actor
from app.pages.alerts import code_limits
from app.pages.alerts.code_limits import TooManyCodesError
from app.pages.alerts.forms import NumberForm, PhoneCodeForm
from app.pages.alerts.routes import blueprint
from app.transaction import end_reading, transaction
from app.web.identity import current_organization, org_admin_required
from app.web.rate_limits import OFTEN
from app.web.step_up import Change, confirmation_required
from app.web.text_guard import keeps_typed

_OVER = marked("This code has expired or was tried too many times. Send another one.")


@blueprint.get("/phones/<uuid:phone_id>/code")
@org_admin_required
def show_code(phone_id: UUID) -> Response:
    """Ask for the code that a phone got."""
    return _draw(_waiting(phone_id), PhoneCodeForm(None))


@blueprint.post("/phones/<uuid:phone_id>/code")
@org_admin_required
@limiter.limit(OFTEN)
@keeps_typed(PhoneCodeForm)
def confirm_phone(phone_id: UUID) -> Response:
    """Let alerts go to a phone, once its code is right. Each try counts before it is judged."""
    form, organization, channel = PhoneCodeForm(), current_organization(), _waiting(phone_id)
    if not form.validate():
        return _draw(channel, form, status=422)
    with transaction():
        tried = phones.count_try(organization, phone_id)
    try:
        if tried is None:
            raise CodeOverError
        with transaction():
            name = phones.confirm(organization, phone_id, form.code.data or "", current_actor(), tried=tried)
    except CodeOverError:
        form.code.errors = [translated(_OVER)]
        return _draw(channel, form, status=422)
    except WrongCodeError as error:
        with transaction():
            phones.record_wrong(channel, current_actor())
        form.code.errors = [_wrong(error.left) if error.left else translated(_OVER)]
        return _draw(channel, form, status=422)
    flash(gettext("%(name)s is confirmed. Choose which alerts it gets, and send a test.", name=name))
    return redirect(url_for("alerts.show", _anchor=f"gets-{phone_id}"), 303)


@blueprint.post("/phones/<uuid:phone_id>/codes")
@org_admin_required
@limiter.limit(OFTEN)
def send_code(phone_id: UUID) -> Response:
    """Send another code, in place of the one before."""
    return ask_for_code(_waiting(phone_id))


@blueprint.get("/phones/<uuid:phone_id>/number")
@org_admin_required
def show_number(phone_id: UUID) -> Response:
    """Ask for another number."""
    return _draw_number(phone_id, NumberForm(None))


@blueprint.post("/phones/<uuid:phone_id>/number")
@org_admin_required
@confirmation_required(Change.ALERTS)
@limiter.limit(OFTEN)
@keeps_typed(NumberForm)
def change_number(phone_id: UUID) -> Response:
    """Give a phone another number, which is confirmed like a new one."""
    form, organization = NumberForm(), current_organization()
    if not form.validate():
        return _draw_number(phone_id, form, status=422)
    try:
        number = channels.read_number(form.number.data or "")
        with transaction():
            channel = phones.change_number(organization, phone_id, number, current_actor())
    except ChannelError as error:
        form.number.errors = [str(error)]
        return _draw_number(phone_id, form, status=422)
    return ask_for_code(channel)


def ask_for_code(channel: AlertChannel) -> Response:
    """Send a code to a phone that isn't confirmed, and ask for it. Commits."""
    flash(_send(channel))
    return redirect(url_for("alerts.show_code", phone_id=channel.id), 303)


def _send(channel: AlertChannel) -> str:
    """Send a code; what to say about it."""
    organization, number = current_organization(), channel.address
    locale = languages.of_person(channel.user_id)
    try:
        taken = code_limits.take(organization.id, number)
    except TooManyCodesError as refused:
        return str(refused)
    with transaction():
        code = phones.issue(organization, channel.id, current_actor())
    end_reading()
    answer = phones.send(number, code, locale=locale)
    if answer.taken:
        return gettext("A code is on its way to %(number)s.", number=number)
    code_limits.give_back(taken)
    return gettext(
        "The code couldn't be sent: the gateway for text messages didn't accept it. Try again later."
    )


def _wrong(left: int) -> str:
    return ngettext(
        "That code isn't right. %(num)s try is left.", "That code isn't right. %(num)s tries are left.", left
    )


@blueprint.errorhandler(NotAskedError)
def _not_asked(_: NotAskedError) -> Response:
    """Another owner typed the number."""
    flash(
        gettext(
            "Only the person who entered the number can confirm it. "
            "You can remove this phone and add it yourself."
        )
    )
    return redirect(url_for("alerts.show", _anchor="channels"), 303)


def _waiting(phone_id: UUID) -> AlertChannel:
    return phones.find_waiting(current_organization().id, phone_id, current_actor())


def _draw(channel: AlertChannel, form: PhoneCodeForm, *, status: int = 200) -> Response:
    return make_response(render_template("alerts/code.html", channel=channel, form=form), status)


def _draw_number(phone_id: UUID, form: NumberForm, *, status: int = 200) -> Response:
    channel = phones.find(current_organization().id, phone_id)
    page = render_template("alerts/number.html", channel=channel, known=phones.masked(channel), form=form)
    return make_response(page, status)
