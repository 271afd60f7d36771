"""API bearer tokens: create, identify, list, revoke. They are rows in the database, so a revoked token stops
working everywhere.

A secret is 256 random bits, so its plain SHA-256 is stored: it can't be guessed from a dictionary, which is
what slow password hashes protect against, and requests aren't slowed down by one.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import Select, bindparam, select

from app import networks
from app.billing import audit
from app.billing.audit import Action, Actor
from app.clock import utc_now
from app.database import transactions
from app.extensions import db
from app.ids import uuid7
from app.models import ApiToken, Organization
from app.people import known_tokens, token_text
from app.people.digests import digest_of

log = structlog.get_logger("billing.tokens")

_USED_EVERY = timedelta(minutes=1)
_NETWORKS_KEPT = 50
"""The most networks that a token is known to be used from; the oldest makes room."""


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
    ENVELOPES_READ = "envelopes:read"
    ENVELOPES_WRITE = "envelopes:write"
    ALERTS_WRITE = "alerts:write"
    LIMITS_READ = "limits:read"
    LIMITS_WRITE = "limits:write"


class TokenError(Exception):
    """A token can't be used; the message says why."""


class UnknownTokenError(LookupError):
    """There is no token with this id."""


class TokenRow(NamedTuple):
    """What is stored of a token, as far as it decides who calls: its fields are columns of `ApiToken`."""

    id: UUID
    name: str
    secret_hash: bytes
    org_id: UUID | None
    scopes: Sequence[str]
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    networks: Sequence[str]


BY_ID = f"SELECT {', '.join(TokenRow._fields)} FROM api_token WHERE id = %(token_id)s"  # noqa: S608, names of columns
"""The columns of a `TokenRow`, for statements of the fast path."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller of the API: a token, for the whole platform or for the single organization `org_id`."""

    token_id: UUID
    name: str
    org_id: UUID | None
    scopes: frozenset[str]
    last_used_at: datetime | None
    networks: frozenset[str]

    def may(self, scope: Scope) -> bool:
        return scope.value in self.scopes

    def may_see(self, org_id: UUID) -> bool:
        """Whether the organization is visible to this caller."""
        return self.org_id is None or self.org_id == org_id


def create(
    name: str,
    scopes: Iterable[Scope],
    *,
    org_id: UUID | None = None,
    lasts: timedelta | None = None,
    actor: Actor = audit.OPERATOR,
) -> tuple[ApiToken, str]:
    """Create a token; returns it with its text, which isn't stored and can't be shown again."""
    now = utc_now()
    credential = token_text.fresh(uuid7())
    token = ApiToken(
        id=credential.id,
        name=name.strip(),
        secret_hash=digest_of(credential.secret),
        org_id=org_id,
        scopes=sorted({scope.value for scope in scopes}),
        created_at=now,
        expires_at=now + lasts if lasts is not None else None,
    )
    db.session.add(token)
    db.session.flush()
    _record(token, actor, "token.created", scopes=token.scopes)
    return token, credential.text


def identify(text: str) -> Caller:
    """Identify the caller in one statement by primary key. The token stays visible until the transaction
    ends, whatever its scope. Raises `TokenError`."""
    credential = token_text.read(text)
    if credential is None:
        raise TokenError("Not a valid token: it may be truncated or mistyped.")
    transactions.show_token(db.session(), credential.id)
    row = db.session.execute(_by_id(), {"token_id": credential.id}).one_or_none()
    stored = TokenRow(*row) if row is not None else None
    caller = caller_of(stored, digest_of(credential.secret), utc_now())
    known_tokens.remember(text, credential, caller.org_id)
    return caller


def caller_of(row: TokenRow | None, secret_hash: bytes, at: datetime) -> Caller:
    """The caller whose token this row is, for a secret with this hash at `at`. Raises `TokenError`."""
    # Compare in either case, so that timing doesn't reveal which ids exist.
    stored = row.secret_hash if row is not None else bytes(32)
    if not hmac.compare_digest(stored, secret_hash) or row is None:
        raise TokenError("Unknown token.")
    if row.revoked_at is not None:
        raise TokenError("This token was revoked. Request a new one.")
    if row.expires_at is not None and row.expires_at <= at:
        raise TokenError("This token has expired. Request a new one.")
    return Caller(
        row.id, row.name, row.org_id, frozenset(row.scopes), row.last_used_at, frozenset(row.networks)
    )


def should_record_use(caller: Caller, address: str | None, at: datetime) -> bool:
    """Whether to record that the token is used at `at`: at most once a minute, and always from another network."""
    if networks.network_of(address) not in caller.networks:
        return True
    return caller.last_used_at is None or at - caller.last_used_at >= _USED_EVERY


def record_use(caller: Caller, address: str | None) -> None:
    """Record that the token is used now, and in the trail if it is the first time from this network.

    Locks the token's row, so that of several first requests from a network one is recorded.
    """
    token = db.session.get_one(ApiToken, caller.token_id, with_for_update=True, populate_existing=True)
    token.last_used_at = utc_now()
    network = networks.network_of(address)
    if network not in token.networks:
        token.networks = [*token.networks, network][-_NETWORKS_KEPT:]
        _record(token, Actor(f"token {token.name}", address=address), "token.used_from_new_address")


def list_tokens() -> list[tuple[ApiToken, str | None]]:
    """List all tokens with the short name of their organization, newest last."""
    query = (
        select(ApiToken, Organization.slug)
        .outerjoin(Organization, Organization.id == ApiToken.org_id)
        .order_by(ApiToken.created_at, ApiToken.id)
    )
    return [(token, slug) for token, slug in db.session.execute(query)]


def revoke(token_id: UUID, actor: Actor = audit.OPERATOR) -> ApiToken:
    """Revoke a token permanently; repeating it changes nothing. Raises `UnknownTokenError`."""
    token = db.session.get(ApiToken, token_id)
    if token is None:
        raise UnknownTokenError(str(token_id))
    if token.revoked_at is None:
        token.revoked_at = utc_now()
        _record(token, actor, "token.revoked")
    return token


def state_of(token: ApiToken) -> str:
    """`active`, `expired` or `revoked`."""
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at is not None and token.expires_at <= utc_now() else "active"


@cache
def _by_id() -> Select[Any]:
    wanted = (getattr(ApiToken, column) for column in TokenRow._fields)
    return select(*wanted).where(ApiToken.id == bindparam("token_id"))


def _record(token: ApiToken, actor: Actor, action: Action, **details: Any) -> None:
    """In the trail of its organization; one for the whole platform has none, so the log has it."""
    if token.org_id is not None:
        audit.record(token.org_id, actor, action, str(token.id), name=token.name, **details)
    else:
        log.info(action, api_client=token.name, id=str(token.id), actor=actor.name, address=actor.address)
