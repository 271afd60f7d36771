"""Adding, naming and removing passkeys."""

from __future__ import annotations

from uuid import UUID

from flask import Response as JsonResponse
from flask import abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.extensions import limiter
from app.language import gettext
from app.models import Passkey
from app.pages.actor import current_actor
from app.pages.factors import codes
from app.pages.factors.blueprint import blueprint
from app.pages.factors.forms import NameForm
from app.people.factors import changes, passkeys, removal, status
from app.people.factors.passkey_answers import PasskeyError
from app.people.factors.removal import LastFactorError
from app.transaction import transaction
from app.web.form_tokens import FIELD
from app.web.identity import current_identity, person_required
from app.web.rate_limits import OFTEN
from app.web.step_up import Change, confirmation_required
from app.web.text_guard import keeps_typed


@blueprint.get("/passkeys/new")
@person_required
@confirmation_required(Change.FACTORS)
def new_passkey() -> str:
    """Ask how the new passkey is called, and let the browser create it."""
    return render_template("factors/new_passkey.html")


@blueprint.post("/passkeys/challenge")
@person_required
@confirmation_required(Change.FACTORS)
@limiter.limit(OFTEN)
def passkey_challenge() -> JsonResponse | tuple[str, int]:
    """What the browser needs to create a passkey."""
    user = current_identity().user
    try:
        with transaction():
            options = passkeys.registration_options(user, _browser())
    except PasskeyError as error:
        return str(error), 409
    return JsonResponse(options, mimetype="application/json")


@blueprint.post("/passkeys")
@person_required
@confirmation_required(Change.FACTORS)
@limiter.limit(OFTEN)
@keeps_typed(NameForm)
def add_passkey() -> str | Response:
    """Add the passkey that the browser has created."""
    user, form = current_identity().user, NameForm()
    problem, made = "", []
    with transaction():
        try:
            added = passkeys.add(
                user, request.form.get("credential", ""), _browser(), name=form.name.data or ""
            )
        except PasskeyError as error:
            problem = str(error)
        else:
            changes.record(user, current_actor(), "passkey_added", name=added.name)
            made = codes.first_codes(user)
    if problem:
        flash(problem, "error")
        return redirect(url_for("factors.show"), 303)
    flash(gettext("The passkey was added. You can sign in with it from now on."))
    return codes.page(made) if made else redirect(url_for("factors.show"), 303)


@blueprint.route("/passkeys/<uuid:passkey_id>/name", methods=["GET", "POST"])
@person_required
@keeps_typed(NameForm)
def rename_passkey(passkey_id: UUID) -> str | Response | tuple[str, int]:
    """Rename a passkey."""
    found, form = _own(passkey_id), NameForm()
    if request.method != "POST":
        form.name.data = found.name
        return render_template("factors/name.html", form=form, passkey=found)
    if not form.validate():
        return render_template("factors/name.html", form=form, passkey=found), 422
    try:
        with transaction():
            passkeys.rename(found.user_id, found.id, form.name.data or "")
    except PasskeyError as error:
        form.name.errors = [str(error)]
        return render_template("factors/name.html", form=form, passkey=found), 422
    flash(gettext("The passkey was renamed."))
    return redirect(url_for("factors.show"), 303)


@blueprint.route("/passkeys/<uuid:passkey_id>/removal", methods=["GET", "POST"])
@person_required
@confirmation_required(Change.FACTORS)
def remove_passkey(passkey_id: UUID) -> str | Response | tuple[str, int]:
    """Ask whether to remove a passkey, and remove it."""
    found = _own(passkey_id)
    if request.method != "POST":
        return _removal_page(found)
    try:
        with transaction():
            removal.remove_passkey(current_identity().user, found.id, current_actor())
    except LastFactorError as error:
        return _removal_page(found, str(error)), 422
    flash(gettext("The passkey was removed. You can delete it on your device, too."))
    return redirect(url_for("factors.show"), 303)


def _own(passkey_id: UUID) -> Passkey:
    found = passkeys.find(current_identity().user.id, passkey_id)
    return found if found is not None else abort(404)


def _removal_page(passkey: Passkey, problem: str = "") -> str:
    return render_template(
        "factors/removal.html",
        title=gettext("Remove %(name)s", name=passkey.name),
        heading=gettext("Remove %(name)s?", name=passkey.name),
        button=gettext("Remove passkey"),
        is_last=status.gather(passkey.user_id).count == 1,
        action=url_for("factors.remove_passkey", passkey_id=passkey.id),
        problem=problem,
    )


def _browser() -> str:
    """The secret of this browser's session, which every form of it proves to know."""
    return str(session[FIELD])
