"""`/account/password`: change one's password with the current one."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_login import login_user
from werkzeug.wrappers import Response

from app.language import gettext
from app.pages.account import view
from app.pages.account.blueprint import blueprint
from app.pages.account.forms import ChangePasswordForm
from app.pages.actor import current_actor
from app.pages.auth.beginning import begin_session
from app.people import accounts
from app.people.accounts import WrongPasswordError
from app.people.password_rules import WeakPasswordError
from app.transaction import transaction
from app.web import attempts, known_devices
from app.web.attempts import Kind, TooManyAttemptsError
from app.web.identity import current_identity, person_required
from app.web.text_guard import keeps_typed


@blueprint.post("/password")
@person_required
@keeps_typed(ChangePasswordForm)
def change_password() -> Response | tuple[str, int]:
    """Change the password; every other session ends, and this one gets a new token. A wrong current password is a
    counted attempt: a stolen session must not serve to guess it."""
    who = current_identity()
    form = ChangePasswordForm()
    if not form.validate():
        return view.page(password=form), 422
    try:
        attempt = attempts.begin(Kind.PASSWORD, who.user.email, browser=who.token)
    except TooManyAttemptsError as refused:
        form.current_password.errors = [str(refused)]
        return view.page(password=form), 429
    try:
        with transaction():
            accounts.change_password(
                who.user, form.current_password.data or "", form.password.data or "", current_actor()
            )
            begun = begin_session(
                who.user,
                by="password",
                org_id=who.organization.id if who.organization else None,
                continues=True,
            )
    except WrongPasswordError as error:
        form.current_password.errors = [str(error)]
        return view.page(password=form), 422
    except WeakPasswordError as error:
        attempt.succeeded()
        form.password.errors = [str(error)]
        return view.page(password=form), 422
    attempt.succeeded()
    login_user(begun)
    flash(gettext("Your password is changed. Every other browser is signed out."))
    response = redirect(url_for("account.show"))
    known_devices.remember(response, who.user.email)
    return response
