"""What is said where the shell's token signs no one in: to the person, to the shell's element, and to operators."""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from app.database.conditions import first_line
from app.language import marked, translated
from app.own_pages import own_address
from app.shell import Reason, ShellSignInError
from app.web import errors
from app.web.database import is_locked, is_unavailable
from app.web.frames import ENTRANCE
from app.web.identity import continue_unidentified
from app.web.logs import request_id
from app.web.refusals import retry_after

log = structlog.get_logger("billing.shell")

_SHELL = marked("Reload the page. If it keeps happening, sign out of Voice Portal and sign in again.")
_OPERATORS = marked("Contact support with the reference below.")


@dataclass(frozen=True, slots=True)
class Words:
    """The status of a refusal, and what its page says. `fetch_again`: another token may be accepted."""

    status: int
    title: str
    message: str
    next_step: str
    fetch_again: bool = False

    @property
    def for_reader(self) -> Words:
        """In the reader's language."""
        return replace(
            self,
            title=translated(self.title),
            message=translated(self.message),
            next_step=translated(self.next_step),
        )


WORDS: dict[Reason, Words] = {
    Reason.NOT_SET_UP: Words(
        404,
        marked("Billing isn't connected"),
        marked("Voice Portal isn't set up to sign in here yet."),
        _OPERATORS,
    ),
    Reason.MALFORMED: Words(
        400,
        marked("Billing couldn't sign you in"),
        marked("What Voice Portal sent can't be read."),
        _OPERATORS,
    ),
    Reason.UNTRUSTED: Words(
        403,
        marked("Billing couldn't sign you in"),
        marked("We couldn't verify that Voice Portal sent you."),
        _OPERATORS,
    ),
    Reason.WRONG_ISSUER: Words(
        403, marked("Billing couldn't sign you in"), marked("Another portal than ours sent you."), _OPERATORS
    ),
    Reason.WRONG_AUDIENCE: Words(
        403,
        marked("Billing couldn't sign you in"),
        marked("Voice Portal sent you with a token for another service."),
        _OPERATORS,
    ),
    Reason.EXPIRED: Words(
        401,
        marked("That took too long"),
        marked("Your sign-in expired before it reached us."),
        _SHELL,
        fetch_again=True,
    ),
    Reason.CLOCK_DIFFERS: Words(
        403,
        marked("The clocks differ"),
        marked("Voice Portal's clock and ours are too far apart to sign you in."),
        _OPERATORS,
    ),
    Reason.TOO_LONG: Words(
        403,
        marked("Billing couldn't sign you in"),
        marked("Voice Portal's token is good for longer than we accept."),
        _OPERATORS,
    ),
    Reason.CLAIM_MISSING: Words(
        400,
        marked("Billing couldn't sign you in"),
        marked("Voice Portal didn't say enough about you."),
        _OPERATORS,
    ),
    Reason.REPLAYED: Words(
        401,
        marked("This sign-in was already used"),
        marked("Each one works once, to keep you safe."),
        _SHELL,
        fetch_again=True,
    ),
    Reason.KEYS_UNAVAILABLE: Words(
        503,
        marked("Back in a moment"),
        marked("We couldn't reach Voice Portal to verify your sign-in. Your payments and credit are safe."),
        marked("Try again in a few seconds."),
        fetch_again=True,
    ),
    Reason.UNKNOWN_ROLE: Words(
        403,
        marked("Billing is for owners"),
        marked("Your role in Voice Portal doesn't include billing."),
        marked("Ask an owner of your organization to do this or to give you access."),
    ),
    Reason.ADDRESS_TAKEN: Words(
        409,
        marked("This email address has its own account"),
        marked("Voice Portal knows someone else by your address, and their account isn't opened to you."),
        _OPERATORS,
    ),
    Reason.CONNECT_FIRST: Words(
        409,
        marked("Connect your account first"),
        marked(
            "Your email address already has an account for billing, which you sign in to in another "
            "way. Connect it once, and Voice Portal signs you in to it from then on."
        ),
        marked("You sign in to it as before, in a window of its own."),
    ),
    Reason.OTHER_SESSION: Words(
        409,
        marked("You've switched in Voice Portal"),
        marked("This page is of another person or organization."),
        _SHELL,
        fetch_again=True,
    ),
    Reason.TOO_OFTEN: Words(
        429,
        marked("Too many sign-ins"),
        marked("Voice Portal signed you in more often than we expect in a short time. Nothing is lost."),
        marked("Wait a minute and try again."),
        fetch_again=True,
    ),
    Reason.BUSY: Words(
        503,
        marked("Back in a moment"),
        marked("We're very busy, so you aren't signed in yet. Your payments and credit are safe."),
        marked("Try again in a few seconds."),
        fetch_again=True,
    ),
}
"""What each is told as. `tests/pages/shell/test_shell_refusals.py` has a token for each."""


_WAIT = 5


def init_app(app: Flask) -> None:
    """Answer in the same way where we can't read a token: then another one may sign its person in."""
    errors.answer_otherwise(app, ENTRANCE, _answer)


def _answer(error: Exception) -> Response | None:
    """None where it is the request that is wrong."""
    is_refused = isinstance(error, HTTPException) and error.code == 503
    if not (is_refused or is_locked(error) or is_unavailable(error)):
        return None
    if not is_locked(error):
        continue_unidentified()
    detail = "no thread was free" if is_refused else first_line(error)
    return respond(ShellSignInError(Reason.BUSY, detail))


def respond(error: ShellSignInError) -> Response:
    """The page; or for a session that was to be renewed, the same as JSON."""
    words = WORDS[error.reason].for_reader
    again_after = error.again_after or (_WAIT if words.status == 503 else 0)
    log.warning(
        "shell_sign_in_refused", reason=error.reason.value, detail=error.detail, address=request.remote_addr
    )
    if request.form.get("renew"):
        response = make_response(
            jsonify(
                reason=error.reason.value,
                message=f"{words.message} {words.next_step}",
                again=words.fetch_again,
                after=again_after,
            ),
            words.status,
        )
    else:
        response = _page(words, error.reason.value, again_after)
    if again_after:
        retry_after(response, again_after)
    return response


def without_token(status: str) -> Response:
    """The page where the shell's own server gave its element no token, but answered with this status: 401 where no
    one is signed in to the shell any more, 0 where it didn't answer."""
    log.warning("shell_gave_no_token", status=status or None)
    if status in {"", "401"}:
        return make_response(render_template("auth/frame_ended.html", continues=_path()), 401)
    response = _page(WORDS[Reason.KEYS_UNAVAILABLE].for_reader, "no_token", _WAIT)
    retry_after(response, _WAIT)
    return response


def _page(words: Words, reason: str, again_after: int) -> Response:
    page = render_template(
        "auth/frame_refused.html",
        words=words,
        reason=reason,
        request_id=request_id(),
        again_after=again_after,
        continues=_path(),
    )
    return make_response(page, words.status)


def _path() -> str:
    return own_address(request.values.get("path"), otherwise=url_for("overview.show"))
