"""API bearer tokens: create, identify, list, revoke. They are rows in the database, so a revoked token stops
working everywhere.

A secret is 256 random bits, so its plain SHA-256 is stored: it can't be guessed from a dictionary, which is
what slow password hashes protect against, and requests aren't slowed down by one.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select, update

from app.clock import utc_now
from app.database import transactions
from app.extensions import db
from app.ids import uuid7
from app.models import ApiToken, Organization
from app.people import token_text

_USED_EVERY = timedelta(minutes=1)


class Scope(StrEnum):
    """What a token may do. A scope implies no other."""

    USAGE_WRITE = "usage:write"
    USAGE_READ = "usage:read"
    HOLDS_WRITE = "holds:write"
    HOLDS_READ = "holds:read"
    STATUS_READ = "status:read"
    ORGANIZATIONS_READ = "organizations:read"
    ORGANIZATIONS_WRITE = "organizations:write"
    TRANSFERS_READ = "transfers:read"
    ESTIMATES_READ = "estimates:read"


class TokenError(Exception):
    """A token can't be used; the message says why."""


class UnknownTokenError(LookupError):
    """There is no token with this id."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller of the API: a token, for the whole platform or for the single organization `org_id`."""

    token_id: UUID
    name: str
    org_id: UUID | None
    scopes: frozenset[str]
    last_used_at: datetime | None

    def may(self, scope: Scope) -> bool:
        return scope.value in self.scopes

    def may_see(self, org_id: UUID) -> bool:
        """Whether the organization is visible to this caller."""
        return self.org_id is None or self.org_id == org_id


def create(
    name: str, scopes: Iterable[Scope], *, org_id: UUID | None = None, lasts: timedelta | None = None
) -> tuple[ApiToken, str]:
    """Create a token; returns it with its text, which isn't stored and can't be shown again."""
    now = utc_now()
    credential = token_text.fresh(uuid7())
    token = ApiToken(
        id=credential.id,
        name=name.strip(),
        secret_hash=_hash(credential.secret),
        org_id=org_id,
        scopes=sorted({scope.value for scope in scopes}),
        created_at=now,
        expires_at=now + lasts if lasts is not None else None,
    )
    db.session.add(token)
    db.session.flush()
    return token, credential.text


def identify(text: str) -> Caller:
    """Identify the caller in one statement by primary key. The token stays visible until the transaction
    ends, whatever its scope. Raises `TokenError`."""
    credential = token_text.read(text)
    if credential is None:
        raise TokenError("Not a valid token: it may be truncated or mistyped.")
    transactions.show_token(db.session(), credential.id)
    row = db.session.execute(_by_id(), {"token_id": credential.id}).one_or_none()
    # Hash and compare in either case, so that timing doesn't reveal which ids exist.
    known = row.secret_hash if row is not None else bytes(32)
    if not hmac.compare_digest(known, _hash(credential.secret)) or row is None:
        raise TokenError("Unknown token.")
    if row.revoked_at is not None:
        raise TokenError("This token was revoked. Request a new one.")
    if row.expires_at is not None and row.expires_at <= utc_now():
        raise TokenError("This token has expired. Request a new one.")
    return Caller(row.id, row.name, row.org_id, frozenset(row.scopes), row.last_used_at)


def should_record_use(caller: Caller) -> bool:
    """Whether to record that the token was used: at most once a minute."""
    return caller.last_used_at is None or utc_now() - caller.last_used_at >= _USED_EVERY


def record_use(caller: Caller) -> None:
    """Record that the token is used now."""
    query = update(ApiToken).where(ApiToken.id == caller.token_id)
    db.session.execute(query.values(last_used_at=utc_now()))


def list_tokens() -> list[tuple[ApiToken, str | None]]:
    """List all tokens with the short name of their organization, newest last."""
    query = (
        select(ApiToken, Organization.slug)
        .outerjoin(Organization, Organization.id == ApiToken.org_id)
        .order_by(ApiToken.created_at, ApiToken.id)
    )
    return [(token, slug) for token, slug in db.session.execute(query)]


def revoke(token_id: UUID) -> ApiToken:
    """Revoke a token permanently; repeating it changes nothing. Raises `UnknownTokenError`."""
    token = db.session.get(ApiToken, token_id)
    if token is None:
        raise UnknownTokenError(str(token_id))
    token.revoked_at = token.revoked_at or utc_now()
    return token


def state_of(token: ApiToken) -> str:
    """`active`, `expired` or `revoked`."""
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at is not None and token.expires_at <= utc_now() else "active"


@cache
def _by_id() -> Select[Any]:
    columns = ("id", "name", "secret_hash", "org_id", "scopes", "expires_at", "revoked_at", "last_used_at")
    return select(*(getattr(ApiToken, column) for column in columns)).where(
        ApiToken.id == bindparam("token_id")
    )


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
