"""Setting up an authenticator app, and removing it."""

from __future__ import annotations

import segno
from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.language import gettext, marked, translated
from app.pages.actor import current_actor
from app.pages.factors import codes
from app.pages.factors.blueprint import blueprint
from app.pages.factors.forms import ConfirmAppForm
from app.people.factors import authenticator_apps, changes, removal, status
from app.people.factors.authenticator_apps import SetupOverError
from app.people.factors.removal import LastFactorError
from app.people.factors.totp import Setup
from app.transaction import transaction
from app.web import attempts
from app.web.attempts import Kind, TooManyAttemptsError
from app.web.identity import current_identity, person_required
from app.web.step_up import Change, confirmation_required
from app.web.text_guard import keeps_typed

_WRONG = marked("This code is wrong. Enter the one that the app shows now.")


@blueprint.post("/app-setup")
@person_required
@confirmation_required(Change.FACTORS)
def begin_app() -> Response:
    """Begin to set up an app. Who has to confirm first goes on with the button, so that no older setup is shown."""
    with transaction():
        authenticator_apps.begin(current_identity().user)
    return redirect(url_for("factors.set_up_app"), 303)


@blueprint.route("/app", methods=["GET", "POST"])
@person_required
@confirmation_required(Change.FACTORS)
@keeps_typed(ConfirmAppForm)
def set_up_app() -> str | Response | tuple[str, int]:
    """Show what the app has to know, and confirm it by its first code."""
    who = current_identity()
    user, form = who.user, ConfirmAppForm()
    setup = authenticator_apps.find_setup(user)
    if setup is None:
        raise SetupOverError
    if request.method != "POST":
        return _page(setup, form)
    if not form.validate():
        return _page(setup, form), 422
    try:
        attempt = attempts.begin(Kind.FACTOR, user.email, browser=who.token)
    except TooManyAttemptsError as refused:
        form.code.errors = [str(refused)]
        return _page(setup, form), 429
    with transaction():
        is_confirmed = authenticator_apps.confirm(user, form.code.data or "")
        if is_confirmed:
            changes.record(user, current_actor(), "app_added")
        made = codes.first_codes(user) if is_confirmed else []
    if not is_confirmed:
        form.code.errors = [translated(_WRONG)]
        return _page(setup, form), 422
    attempt.succeeded()
    flash(gettext("Your authenticator app is set up. Signing in asks for its code from now on."))
    return codes.page(made) if made else redirect(url_for("factors.show"), 303)


@blueprint.route("/app/removal", methods=["GET", "POST"])
@person_required
@confirmation_required(Change.FACTORS)
def remove_app() -> str | Response | tuple[str, int]:
    """Ask whether to remove the app, and remove it."""
    user = current_identity().user
    if authenticator_apps.find(user.id) is None:
        return redirect(url_for("factors.show"))
    if request.method != "POST":
        return _removal_page()
    try:
        with transaction():
            removal.remove_app(user, current_actor())
    except LastFactorError as error:
        return _removal_page(str(error)), 422
    flash(gettext("The authenticator app was removed."))
    return redirect(url_for("factors.show"), 303)


@blueprint.errorhandler(SetupOverError)
def _over(_: SetupOverError) -> Response:
    """It was finished in another tab, or begun too long ago: the page shows what is set up now."""
    return redirect(url_for("factors.show"), 303)


def _page(setup: Setup, form: ConfirmAppForm) -> str:
    # Made of digits only, so nothing in it is markup: https://segno.readthedocs.io/en/stable/api.html#segno.QRCode.svg_inline
    image = segno.make(setup.address, error="m").svg_inline(
        svgclass="qr", lineclass=None, omitsize=True, border=4
    )
    return render_template("factors/app.html", form=form, setup=setup, image=Markup(image))  # noqa: S704


def _removal_page(problem: str = "") -> str:
    return render_template(
        "factors/removal.html",
        title=gettext("Remove the authenticator app"),
        heading=gettext("Remove the authenticator app?"),
        button=gettext("Remove authenticator app"),
        is_last=status.gather(current_identity().user.id).count == 1,
        action=url_for("factors.remove_app"),
        problem=problem,
    )
