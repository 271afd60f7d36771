"""Choosing a new password with a link that is emailed to the account's address."""

from __future__ import annotations

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from app.extensions import enqueue
from app.language import gettext, marked, translated
from app.models import User
from app.pages.auth import throttle
from app.pages.auth.beginning import admit, asks_for_factor, begin_session
from app.pages.auth.blueprint import blueprint
from app.pages.auth.forms import ForgotPasswordForm, PasswordForm
from app.people import password_links
from app.people.invitations import LinkError
from app.people.password_rules import WeakPasswordError
from app.transaction import transaction
from app.web import error_pages
from app.web.text_guard import keeps_typed

_TOO_OFTEN = marked("Too many requests for a link. Check your spam folder, or wait an hour and try again.")


@blueprint.route("/forgot-password", methods=["GET", "POST"])
@keeps_typed(ForgotPasswordForm)
def forgot_password() -> str | tuple[str, int]:
    """Ask for a link by email. A job looks up the account, so the response and its timing are always the same."""
    form = ForgotPasswordForm()
    if request.method != "POST":
        return render_template("auth/forgot_password.html", form=form, asked_for=None)
    if not form.validate():
        return render_template("auth/forgot_password.html", form=form, asked_for=None), 422
    email = (form.email.data or "").strip()
    if not throttle.may_ask_for_link(email):
        form.email.errors = [translated(_TOO_OFTEN)]
        return render_template("auth/forgot_password.html", form=form, asked_for=None), 429
    with transaction():
        enqueue("mail_password_link", email=email, address=request.remote_addr)
    return render_template("auth/forgot_password.html", form=form, asked_for=email)


@blueprint.route("/set-password/<token>", methods=["GET", "POST"])
@keeps_typed(PasswordForm)
def set_password(token: str) -> str | Response | tuple[str, int]:
    """Choose a new password with an emailed link."""
    form = PasswordForm()
    try:
        if request.method != "POST":
            return _choose(password_links.read(token), form)
        if not form.validate():
            return _choose(password_links.read(token), form), 422
        with transaction():
            user = password_links.use(token, form.password.data or "", request.remote_addr)
            asks = asks_for_factor(user, url_for("overview.show"))
            begun = None if asks else begin_session(user, by="link")
    except LinkError as error:
        return error_pages.page(
            404,
            title=gettext("This link no longer works"),
            message=str(error),
            next_step="",
            start_over=url_for("auth.forgot_password"),
            start_label=gettext("Get a new link"),
        )
    except WeakPasswordError as error:
        form.password.errors = [str(error)]
        return _choose(password_links.read(token), form), 422
    return admit(begun, url_for("overview.show"))


def _choose(user: User, form: PasswordForm) -> str:
    return render_template("auth/set_password.html", form=form, user=user)
