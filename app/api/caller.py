"""Who calls: from the header `Authorization` to a `Caller`.

Only tokens authenticate here. Session cookies are ignored, so pages of other sites can't use them, and no
endpoint needs CSRF protection. Pages, in turn, accept no token.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import cast
from uuid import UUID

from flask import g, request

from app.api import problems
from app.api.problems import ProblemError
from app.billing.audit import Actor
from app.clock import utc_now
from app.extensions import db
from app.models.scope import Reason, scope_to, scoped_to, seeing_all
from app.people import tokens
from app.people.tokens import Caller, Scope, TokenError
from app.transaction import transaction

_REALM = 'Bearer realm="Voice Portal billing"'


def identify(org_id: UUID | None = None) -> Caller:
    """Identify the caller; `org_id` is the organization the request is about, if any. Raises `ProblemError`
    with a challenge (RFC 6750, section 3) if the request isn't authenticated."""
    text = bearer()
    if text is None:
        # Without credentials the challenge names no error (section 3.1).
        raise ProblemError(
            problems.UNAUTHORIZED,
            "The request has no bearer token.",
            headers={"WWW-Authenticate": _REALM},
        )
    try:
        caller = _of_token(text, org_id)
    except TokenError as error:
        challenge = f'{_REALM}, error="invalid_token", error_description="{error}"'
        raise ProblemError(
            problems.UNAUTHORIZED, str(error), headers={"WWW-Authenticate": challenge}
        ) from None
    g.api_caller = caller
    return caller


def bearer() -> str | None:
    """The text of the request's bearer token, which may be anything; None if it has none."""
    return bearer_of(request.headers.get("Authorization", ""))


def bearer_of(authorization: str) -> str | None:
    """The same of a header's value."""
    scheme, _, text = authorization.partition(" ")
    return text.strip() or None if scheme.lower() == "bearer" else None


def _of_token(text: str, org_id: UUID | None) -> Caller:
    # Scope the transaction as `enter` will, so that scoping takes no round trip of its own.
    with scoped_to(org_id) if org_id is not None else nullcontext():
        caller = tokens.identify(text)
    if tokens.should_record_use(caller, request.remote_addr, utc_now()):
        with seeing_all(Reason.API_TOKEN), transaction():
            tokens.record_use(caller, request.remote_addr)
    return caller


def demand(caller: Caller, scope: Scope) -> None:
    """Raise `ProblemError` unless the caller's token has `scope`."""
    if not caller.may(scope):
        challenge = f'{_REALM}, error="insufficient_scope", scope="{scope.value}"'
        raise ProblemError(
            problems.FORBIDDEN,
            f"This requires a token with the scope {scope.value}.",
            headers={"WWW-Authenticate": challenge},
            members={"scope": scope.value},
        )


def enter(caller: Caller, org_id: UUID | None) -> None:
    """Scope the database session to `org_id`, or to what the caller may see. Raises `ProblemError` if the
    caller may not see `org_id`."""
    if org_id is not None and not caller.may_see(org_id):
        raise no_organization()
    seen = org_id or caller.org_id
    if seen is not None:
        scope_to(db.session(), seen)


def no_organization() -> ProblemError:
    """The same error whether the organization doesn't exist or the token can't see it."""
    return ProblemError(problems.NOT_FOUND, "No organization with this id is visible to this token.")


def current_caller() -> Caller:
    """The caller. Only available in endpoints that require a scope."""
    return cast(Caller, g.api_caller)


def current_actor() -> Actor:
    """The caller, for the audit trail."""
    return Actor(f"token {current_caller().name}", address=request.remote_addr)
