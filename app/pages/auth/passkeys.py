"""Signing in with a passkey: alone, or as the second step after the password.

Both need JavaScript, because a passkey does. What the browser answers comes back in a form.
"""

from __future__ import annotations

import structlog
from flask import Response as JsonResponse
from flask import request, session, url_for
from werkzeug.wrappers import Response

from app.extensions import limiter
from app.language import marked, translated
from app.models import ChallengePurpose, User
from app.own_pages import own_address
from app.pages.auth import second_factor, waiting
from app.pages.auth.beginning import admit, begin_and_notify
from app.pages.auth.blueprint import blueprint
from app.pages.auth.forms import CodeForm, SignInForm
from app.pages.auth.routes import sign_in_page
from app.pages.auth.waiting import Waiting
from app.people.factors import passkeys, pending_sign_ins
from app.people.factors.passkey_answers import PasskeyError
from app.people.identification import Identity
from app.transaction import transaction
from app.web.form_tokens import FIELD
from app.web.rate_limits import OFTEN

log = structlog.get_logger("billing.auth")

_OVER = marked("That took too long. Enter your password again.")


@blueprint.post("/sign-in/passkey/challenge")
@limiter.limit(OFTEN)
def passkey_challenge() -> JsonResponse:
    """What a browser needs to sign in with any passkey of this site."""
    return _options(None)


@blueprint.post("/sign-in/second-factor/passkey/challenge")
@limiter.limit(OFTEN)
def second_factor_challenge() -> Response | tuple[str, int]:
    """What a browser needs to use a passkey of the person whose password was right."""
    found = waiting.find()
    return _options(found.user) if found is not None else ("", 403)


@blueprint.post("/sign-in/passkey")
@limiter.limit(OFTEN)
def sign_in_with_passkey() -> Response | tuple[str, int]:
    """Sign in with a passkey and nothing else: it was unlocked, so it is two factors."""
    form = SignInForm()
    way_back = own_address(form.next.data, otherwise=url_for("overview.show"))
    begun, problem = _try(None, way_back)
    if begun is None:
        form.password.errors = [problem]
        return sign_in_page(form), 422
    return admit(begun, way_back)


@blueprint.post("/sign-in/second-factor/passkey")
@limiter.limit(OFTEN)
def use_passkey() -> Response | tuple[str, int]:
    """Finish signing in with a passkey."""
    found = waiting.find()
    if found is None:
        return second_factor.start_over()
    begun, problem = _try(found, found.way_back)
    if begun is None:
        form = CodeForm()
        form.code.errors = [problem]
        return second_factor.page(found, form), 422
    return admit(begun, found.way_back)


def _try(found: Waiting | None, way_back: str) -> tuple[Identity | None, str]:
    """Verify what the browser sent and begin a session, or say what is wrong. What was sent is used up either way."""
    with transaction():
        try:
            credential, expected = request.form.get("credential", ""), found.user if found else None
            user = passkeys.verify(_purpose(expected), credential, _browser(), expected)
        except PasskeyError as error:
            log.info("passkey_sign_in_failed", address=request.remote_addr)
            return None, str(error)
        if found is not None and not pending_sign_ins.finish(found.token):
            return None, translated(_OVER)
        vouched = found.vouched if found is not None else None
        return begin_and_notify(user, way_back, by="passkey", vouched=vouched), ""


def _options(user: User | None) -> JsonResponse:
    with transaction():
        options = passkeys.request_options(_purpose(user), _browser(), user)
    return JsonResponse(options, mimetype="application/json")


def _purpose(user: User | None) -> ChallengePurpose:
    return ChallengePurpose.SIGN_IN if user is None else ChallengePurpose.SECOND_STEP


def _browser() -> str:
    """The secret of this browser's session, which every form of it proves to know."""
    return str(session[FIELD])
