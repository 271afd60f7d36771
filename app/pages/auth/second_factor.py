"""`/sign-in/second-factor`: the second step of signing in, after the password."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.billing import audit
from app.billing.audit import Actor
from app.language import gettext, marked, ngettext, translated
from app.pages.auth import failures, waiting
from app.pages.auth.beginning import admit, begin_and_notify
from app.pages.auth.blueprint import blueprint
from app.pages.auth.forms import CodeForm, RecoveryCodeForm
from app.pages.auth.waiting import Waiting
from app.people.factors import authenticator_apps, changes, pending_sign_ins, recovery_codes, status
from app.people.identification import Identity
from app.people.own_trail import Proof
from app.transaction import transaction
from app.web import attempts
from app.web.attempts import Kind, TooManyAttemptsError
from app.web.identity import identity
from app.web.text_guard import keeps_typed

log = structlog.get_logger("billing.auth")

_OVER = marked("That took too long, or too many codes were wrong. Enter your password again.")
_WRONG = marked("This code is wrong, or was already used. Wait for the next one and try again.")
_WRONG_RECOVERY = marked("This recovery code is wrong, or was already used. Each one works once.")


@blueprint.route("/sign-in/second-factor", methods=["GET", "POST"])
@keeps_typed(CodeForm)
def second_factor() -> str | Response | tuple[str, int]:
    """Ask for a passkey or a code of an authenticator app."""
    found = waiting.find()
    if found is None:
        return start_over()
    form = CodeForm()
    if request.method != "POST":
        return page(found, form)
    if not form.validate():
        return page(found, form), 422
    try:
        attempt = attempts.begin(Kind.FACTOR, found.user.email)
    except TooManyAttemptsError as refused:
        form.code.errors = [str(refused)]
        return page(found, form), 429
    code = form.code.data or ""
    begun = _try(found, lambda: authenticator_apps.verify(found.user.id, code), by="code")
    if begun is None:
        form.code.errors = [translated(_WRONG)]
        return page(found, form), 422
    attempt.succeeded()
    return admit(begun, found.way_back)


@blueprint.route("/sign-in/second-factor/recovery-code", methods=["GET", "POST"])
@keeps_typed(RecoveryCodeForm)
def recovery_code() -> str | Response | tuple[str, int]:
    """Ask for a recovery code.

    They are too long to be guessed, so wrong ones keep no one out: this is the way in when all else is lost.
    """
    found = waiting.find()
    if found is None:
        return start_over()
    form = RecoveryCodeForm()
    if request.method != "POST":
        return _recovery_page(found, form)
    if not form.validate():
        return _recovery_page(found, form), 422
    code = form.recovery_code.data or ""
    begun = _try(found, lambda: _use_recovery_code(found, code), by="recovery_code")
    if begun is None:
        form.recovery_code.errors = [translated(_WRONG_RECOVERY)]
        return _recovery_page(found, form), 422
    left = recovery_codes.count_left(found.user.id)
    flash(_left(left))
    return admit(begun, found.way_back)


def _left(codes: int) -> str:
    if not codes:
        return gettext(
            "That was your last recovery code. Lost your phone or passkey? Replace it under your account, "
            "Second factor."
        )
    return ngettext(
        "You used a recovery code. You have %(num)s left. Lost your phone or passkey? Replace it under your "
        "account, Second factor.",
        "You used a recovery code. You have %(num)s left. Lost your phone or passkey? Replace it under your "
        "account, Second factor.",
        codes,
    )


def page(found: Waiting, form: CodeForm) -> str:
    """The page with what the person has."""
    factors = status.gather(found.user.id)
    return render_template("auth/second_factor.html", form=form, user=found.user, factors=factors)


def start_over() -> Response:
    """Ask for the password again, and go on to where the person was going."""
    if identity():
        return redirect(url_for("overview.show"))
    flash(translated(_OVER), "error")
    return redirect(url_for("auth.sign_in", next=waiting.way_back() or None))


def _try(found: Waiting, verify: Callable[[], bool], *, by: Proof) -> Identity | None:
    """Count a try, verify it and begin a session; None if it is wrong. Raises nothing that tells more."""
    with transaction():
        count = pending_sign_ins.count_try(found.token)
    if count is None:
        return None
    with transaction():
        if pending_sign_ins.lock(found.token) and verify() and pending_sign_ins.finish(found.token):
            return begin_and_notify(found.user, found.way_back, by=by, vouched=found.vouched)
    log.info("second_factor_failed", address=request.remote_addr)
    if count == pending_sign_ins.MOST_FAILURES and failures.count_if_noted(f"guessed:{found.user.id}"):
        with transaction():
            changes.record(found.user, Actor(audit.SIGN_IN_PAGE, address=request.remote_addr), "guessed")
    return None


def _use_recovery_code(found: Waiting, code: str) -> bool:
    user = found.user
    if not recovery_codes.use(user.id, code):
        return False
    actor = Actor(user.email, user.id, request.remote_addr)
    changes.record(user, actor, "code_used", left=recovery_codes.count_left(user.id))
    return True


def _recovery_page(found: Waiting, form: RecoveryCodeForm) -> str:
    return render_template("auth/recovery_code.html", form=form, user=found.user)
