"""Who calls: from the header `Authorization` to a `Caller`.

Tokens alone let in here: a session's cookie is never looked at, so no page of another site can use it, and nothing
here needs protection against forged requests. And no page takes a token.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import cast
from uuid import UUID

from flask import g, request

from app.api import problems
from app.api.problems import ProblemError
from app.billing.audit import Actor
from app.extensions import db
from app.models.scope import Reason, scope_to, scoped_to, seeing_all
from app.people import tokens
from app.people.tokens import Caller, Scope, TokenError

_REALM = 'Bearer realm="Voice Portal billing"'


def identify(org_id: UUID | None = None) -> Caller:
    """Who calls, about the organization `org_id` if about one. Raises `ProblemError` with a challenge (RFC 6750,
    section 3) where that is nobody."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        # Without credentials the challenge names no error (section 3.1).
        raise ProblemError(
            problems.UNAUTHORIZED,
            "The request has no bearer token.",
            headers={"WWW-Authenticate": _REALM},
        )
    try:
        caller = _of_token(text.strip(), org_id)
    except TokenError as error:
        challenge = f'{_REALM}, error="invalid_token", error_description="{error}"'
        raise ProblemError(
            problems.UNAUTHORIZED, str(error), headers={"WWW-Authenticate": challenge}
        ) from None
    g.api_caller = caller
    return caller


def _of_token(text: str, org_id: UUID | None) -> Caller:
    # The transaction begins with what `enter` lets it see, if it does, so that this takes no round trip of its own.
    with scoped_to(org_id) if org_id is not None else nullcontext():
        caller = tokens.identify(text)
    if tokens.is_to_be_noted(caller):
        with seeing_all(Reason.API_TOKEN):
            tokens.note_use(caller)
            db.session.commit()
    return caller


def demand(caller: Caller, scope: Scope) -> None:
    """Raises `ProblemError` where the caller's token doesn't have `scope`."""
    if not caller.may(scope):
        challenge = f'{_REALM}, error="insufficient_scope", scope="{scope.value}"'
        raise ProblemError(
            problems.FORBIDDEN,
            f"This needs a token with the scope {scope.value}.",
            headers={"WWW-Authenticate": challenge},
            members={"scope": scope.value},
        )


def enter(caller: Caller, org_id: UUID | None) -> None:
    """Let the database show `org_id` alone, or what the caller may see. Raises `ProblemError` for another's."""
    if org_id is not None and not caller.may_see(org_id):
        raise no_organization()
    seen = org_id or caller.org_id
    if seen is not None:
        scope_to(db.session(), seen)


def no_organization() -> ProblemError:
    """Said alike of an organization that is not there and of one that this token can't see."""
    return ProblemError(problems.NOT_FOUND, "There is no organization with this id that this token can see.")


def current_caller() -> Caller:
    """Who calls; only within an endpoint that asks for a scope."""
    return cast(Caller, g.api_caller)


def current_actor() -> Actor:
    """The caller, for the audit trail."""
    return Actor(f"token {current_caller().name}", address=request.remote_addr)
