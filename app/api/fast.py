"""The fast path of an endpoint: the whole request in one or two messages to the database, or nothing.

It serves only what is plain: a token that was genuine before and still may, from a known network, and a valid body.
For everything else it returns None, having changed nothing, and the request is served the careful way, which decides
what is wrong and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import request

from app.api import limits
from app.api.caller import bearer
from app.api.problems import ProblemError
from app.database.fast import connections
from app.people import known_tokens, tokens
from app.people.known_tokens import KnownToken
from app.people.tokens import Scope, TokenError, TokenRow

Fast = Callable[..., Any]
"""Serves a request from a `Pass` and the endpoint's values: a `Reply`, or None for the careful way."""


TRIED = "billing.fast_tried"
"""In a request's environment: that the fast path was tried (`Tried`)."""


@dataclass(frozen=True, slots=True)
class Tried:
    """The fast path was tried without Flask (`app.api.direct`), and gave no answer: it raised `error`, or the careful
    path has to decide. The request is counted for a token, with these headers."""

    token_id: UUID
    counted: Mapping[str, str]
    error: Exception | None


@dataclass(frozen=True)
class Pass:
    """What the request's token has to be good for, checked in the message that serves it; from which address the
    request came, and what its `If-None-Match` says."""

    token: KnownToken
    scope: Scope
    address: str | None
    if_none_match: str | None

    statement = tokens.BY_ID

    @property
    def token_id(self) -> UUID:
        return self.token.id

    @property
    def parameters(self) -> dict[str, str]:
        return {"token_id": str(self.token.id)}

    def admits(self, row: Sequence[Any] | None, at: datetime) -> Callable[[UUID], bool] | None:
        """Which organizations the caller may see, by the token's row as it is at `at` (`statement` reads it).

        None if it doesn't let the caller in, or if its use has to be recorded first.
        """
        try:
            stored = TokenRow(*row) if row is not None else None
            caller = tokens.caller_of(stored, self.token.secret_hash, at)
        except TokenError:
            return None
        is_plain = caller.may(self.scope) and not tokens.should_record_use(caller, self.address, at)
        return caller.may_see if is_plain else None


def serve(fast: Fast, scope: Scope, read: Callable[[], dict[str, Any]]) -> Any:
    """Serve the request the fast way; None if it has to be served the careful way.

    `read` returns the endpoint's values. The request is counted, if its token was genuine before. Raises what the
    fast path has raised if it was tried already.
    """
    tried: Tried | None = request.environ.get(TRIED)
    if tried is not None:
        limits.note_counted(tried.token_id, tried.counted)
        if tried.error is not None:
            raise tried.error
        return None
    if not connections.get().is_on or (text := bearer()) is None:
        return None
    token = known_tokens.find(text)
    if token is None or not limits.is_within(token.id):
        return None
    try:
        values = read()
    except ProblemError:
        # Whether the caller may know what is wrong with it isn't known yet.
        return None
    headers = request.headers
    return fast(Pass(token, scope, request.remote_addr, headers.get("If-None-Match")), **values)
