"""Bearer tokens of the API: made, known again, listed, revoked. They are rows, so revoking one ends it everywhere.

A secret is 256 random bits, so it is kept as its plain SHA-256: nobody finds it by trying words, which is what slow
password hashes are against, and a request is not held up by one.
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
    """A token can't be used; the message says why, to whoever holds it."""


class UnknownTokenError(LookupError):
    """There is no token with this id."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls the API: a token, for the whole platform or for the one organization `org_id`."""

    token_id: UUID
    name: str
    org_id: UUID | None
    scopes: frozenset[str]
    last_used_at: datetime | None

    def may(self, scope: Scope) -> bool:
        return scope.value in self.scopes

    def may_see(self, org_id: UUID) -> bool:
        """Whether an organization is there at all for this caller."""
        return self.org_id is None or self.org_id == org_id


def create(
    name: str, scopes: Iterable[Scope], *, org_id: UUID | None = None, lasts: timedelta | None = None
) -> tuple[ApiToken, str]:
    """Make a token; returns it with its text, which is stored nowhere and can't be shown again."""
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
    """Whose token it is, in one statement by primary key; that token is seen until the transaction ends, whatever
    else is. Raises `TokenError`."""
    credential = token_text.read(text)
    if credential is None:
        raise TokenError("This is not a token of this service, or it was cut off or mistyped.")
    transactions.show_token(db.session(), credential.id)
    row = db.session.execute(_by_id(), {"token_id": credential.id}).one_or_none()
    # The hash is computed and compared either way, so that the time says nothing about which ids there are.
    known = row.secret_hash if row is not None else bytes(32)
    if not hmac.compare_digest(known, _hash(credential.secret)) or row is None:
        raise TokenError("This token is not known here.")
    if row.revoked_at is not None:
        raise TokenError("This token was revoked. Ask for a new one.")
    if row.expires_at is not None and row.expires_at <= utc_now():
        raise TokenError("This token has expired. Ask for a new one.")
    return Caller(row.id, row.name, row.org_id, frozenset(row.scopes), row.last_used_at)


def is_to_be_noted(caller: Caller) -> bool:
    """Whether to note that a token was used: once a minute at most."""
    return caller.last_used_at is None or utc_now() - caller.last_used_at >= _USED_EVERY


def note_use(caller: Caller) -> None:
    """Note that a token is used now."""
    query = update(ApiToken).where(ApiToken.id == caller.token_id)
    db.session.execute(query.values(last_used_at=utc_now()))


def every() -> list[tuple[ApiToken, str | None]]:
    """All tokens with the short name of their organization, those made last at the end."""
    query = (
        select(ApiToken, Organization.slug)
        .outerjoin(Organization, Organization.id == ApiToken.org_id)
        .order_by(ApiToken.created_at, ApiToken.id)
    )
    return [(token, slug) for token, slug in db.session.execute(query)]


def revoke(token_id: UUID) -> ApiToken:
    """End a token for good; again changes nothing. Raises `UnknownTokenError`."""
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
