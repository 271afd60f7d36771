"""Opening an account with the link that a command has printed: a password, and an app for codes."""

from __future__ import annotations

from uuid import UUID

import segno
from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.models import Operator
from app.operators import accounts
from app.operators.accounts import OperatorError
from app.pages.operator.blueprint import blueprint
from app.pages.operator.forms import JoinForm
from app.pages.operator.refused_forms import refuse, shown
from app.pages.operator.sign_in import account_of
from app.people.password_rules import WeakPasswordError
from app.transaction import transaction
from app.web import attempts, known_devices
from app.web.attempts import Kind, TooManyAttemptsError

_WRONG = "This code is wrong. Enter the one that the app shows now."


@blueprint.route("/join/<token>", methods=["GET", "POST"])
def join(token: str) -> str | Response | tuple[str, int]:
    """Show what the app has to know; take a password and the app's first code. Signing in follows."""
    operator = accounts.find_by_link(token)
    if operator is None:
        return render_template("operator/link_over.html"), 404
    if request.method != "POST":
        return _page(token, operator, shown(JoinForm))
    form = JoinForm()
    return _try(operator.id, token, form) if form.validate() else _refused(form, token)


def _try(operator_id: UUID, token: str, form: JoinForm) -> str | Response | tuple[str, int]:
    try:
        attempt = attempts.begin(Kind.OPERATOR, f"operator-link:{operator_id}")
    except TooManyAttemptsError as refused:
        form.code.errors = [str(refused)]
        return _refused(form, token)
    try:
        with transaction():
            joined = accounts.join(
                token, form.password.data or "", form.code.data or "", address=request.remote_addr
            )
    except WeakPasswordError as error:
        attempt.give_back()
        form.password.errors = [str(error)]
        return _refused(form, token)
    except OperatorError:
        return render_template("operator/link_over.html"), 404
    if joined is None:
        form.code.errors = [_WRONG]
        return _refused(form, token)
    attempt.succeeded()
    flash("Your account is open. Sign in with the app's next code.")
    response = redirect(url_for("operator.sign_in"), 303)
    # What strangers have tried at the account doesn't keep out who was given a link to it.
    known_devices.remember(response, account_of(joined.email))
    return response


def _refused(form: JoinForm, token: str) -> Response:
    return refuse(form, url_for("operator.join", token=token))


def _page(token: str, operator: Operator, form: JoinForm) -> str:
    setup = accounts.setup_of(operator)
    # Made of digits only, so nothing in it is markup: https://segno.readthedocs.io/en/stable/api.html#segno.QRCode.svg_inline
    image = segno.make(setup.address, error="m").svg_inline(
        svgclass="qr", lineclass=None, omitsize=True, border=4
    )
    return render_template(
        "operator/join.html",
        form=form,
        joining=operator,
        token=token,
        setup=setup,
        image=Markup(image),  # noqa: S704
    )
