"""Form tokens: they prove that we rendered a form, in this session, for this person and organization.

A token of another session, person or organization is refused even if it is genuine. The content of a refused token
decides which message its sender gets (`app.web.form_refusals`); a forged one has none.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import Flask, current_app, g, request, session
from flask_wtf.csrf import CSRFError
from itsdangerous import BadData

from app import signing
from app.clock import process_time
from app.extensions import csrf
from app.web import marks, origins
from app.web.identity import identity

FIELD = "csrf_token"
_SALT = "form-token"


@dataclass(frozen=True, slots=True)
class FormToken:
    """The content of a genuine token: `person` is a user's id, `organization` a short name; None if there was
    none."""

    secret: str
    person: str | None
    organization: str | None
    made_at: datetime

    @property
    def age(self) -> timedelta:
        return process_time() - self.made_at


class FormRefusedError(CSRFError):  # type: ignore[misc]
    """The form was not rendered for this session, or is too old; `token` is set if it is genuine."""

    def __init__(self, reason: str, token: FormToken | None = None) -> None:
        super().__init__(reason)
        self.token = token


class ForeignOriginError(CSRFError):  # type: ignore[misc]
    """A page of another site sent the form."""


def init_app(app: Flask) -> None:
    """Protect every form: our check replaces Flask-WTF's, which isn't bound to people and organizations."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.before_request(_protect)
    app.jinja_env.globals["csrf_token"] = form_token
    app.context_processor(lambda: {"csrf_token": form_token})


def _protect() -> None:
    """Raise `ForeignOriginError` or `FormRefusedError` if a request that changes something isn't from our own
    pages."""
    if not request.endpoint or request.method in origins.SAFE or csrf._is_exempt():
        return
    if marks.is_posted_by_shell(request.endpoint):
        _check_shell()
        return
    if (origin := origins.foreign_origin()) is not None:
        raise ForeignOriginError(origin)
    g.form_token = _checked(request.form.get(FIELD) or request.headers.get("X-CSRFToken"))
    # FlaskForm looks at this flag before its own check.
    g.csrf_valid = True


def _check_shell() -> None:
    origin = origins.not_of_shell()
    if origin is not None:
        raise ForeignOriginError(origin)
    if "Origin" not in request.headers:
        raise FormRefusedError("No origin is named, as every browser does of what one site posts to another.")


def form_token() -> str:
    """The token for the forms of this response."""
    if "form_token_made" not in g:
        secret = session.setdefault(FIELD, secrets.token_hex())
        g.form_token_made = seal(secret, *_in_view())
    return cast(str, g.form_token_made)


def seal(secret: str, person: str | None, organization: str | None) -> str:
    """A token for a session's secret, a person and an organization.

    No two tokens have a part of the secret in common: each masks it with random bytes that go with it, so that the
    length of a compressed page doesn't give it away (`app.web.compression`).
    """
    mask = secrets.token_hex(len(secret) // 2)
    return str(signing.serializer(_SALT).dumps([_masked(secret, mask), person, organization, mask]))


def read(text: str | None) -> FormToken | None:
    """The content of a token, however old it is; None if it isn't ours."""
    try:
        (masked, person, organization, *mask), made_at = signing.serializer(_SALT).loads(
            text or "", return_timestamp=True
        )
        # Pages that are open since before masks have none.
        secret = _masked(masked, *mask) if mask else masked
    except (BadData, ValueError, TypeError):
        return None
    return FormToken(secret, person, organization, made_at)


def _masked(secret: str, mask: str) -> str:
    """Either from the other, both in hexadecimal digits."""
    return f"{int(secret, 16) ^ int(mask, 16):0{len(secret)}x}"


def _checked(text: str | None) -> FormToken:
    token = read(text)
    if token is None:
        raise FormRefusedError("The token is missing or none of ours.")
    if not hmac.compare_digest(token.secret, str(session.get(FIELD, ""))):
        raise FormRefusedError("The token is of another session.", token)
    if token.person != _in_view()[0]:
        raise FormRefusedError("The token is of another person.", token)
    if token.age > timedelta(seconds=current_app.config["WTF_CSRF_TIME_LIMIT"]):
        raise FormRefusedError("The token is too old.", token)
    return token


def _in_view() -> tuple[str | None, str | None]:
    who = identity()
    if who is None:
        return None, None
    return str(who.user.id), who.organization.slug if who.organization else None
