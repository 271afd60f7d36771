"""Tokens of the shell: who is at it, for which organization, and with which roles. A JWT for billing alone, for two
minutes at most (RFC 7519, checked by the rules of RFC 8725)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.openid import RefusedError, UnavailableError
from app.openid.signed import moment, verify
from app.shell.errors import Reason, ShellSignInError
from app.shell.keys import ShellKeys
from app.text import is_storable, tidied

AUDIENCE = "billing"
LONGEST_LIFE = timedelta(seconds=120)
LEEWAY = timedelta(seconds=10)
"""By how much the shell's clock may differ from ours."""
_LONGEST = 255
_MOST_ROLES = 50


@dataclass(frozen=True, slots=True)
class ShellToken:
    """A verified token. `id` may be used once, until `expires_at`. `signed_in_at` is when the person proved to the
    shell who they are, None if it doesn't say."""

    id: str
    issuer: str
    subject: str
    org_id: UUID
    org_name: str
    email: str
    name: str
    roles: frozenset[str]
    made_at: datetime
    expires_at: datetime
    signed_in_at: datetime | None
    key: str
    """The thumbprint of the key that signed it."""


def read(token: str, keys: ShellKeys, issuer: str, now: datetime) -> ShellToken:
    """Verify a token, and check all that it says but whether it was used before. Raises `ShellSignInError`."""
    try:
        signed = verify(token, keys)
    except UnavailableError as error:
        raise ShellSignInError(Reason.KEYS_UNAVAILABLE, str(error)) from error
    except RefusedError as error:
        is_unreadable = token.count(".") != 2
        raise ShellSignInError(Reason.MALFORMED if is_unreadable else Reason.UNTRUSTED, str(error)) from error
    claims = signed.claims
    if claims.get("iss") != issuer:
        raise ShellSignInError(Reason.WRONG_ISSUER, f"iss is {claims.get('iss')!r:.200}, not {issuer!r}")
    # A token for others as well could be used by them.
    if claims.get("aud") not in (AUDIENCE, [AUDIENCE]):
        raise ShellSignInError(Reason.WRONG_AUDIENCE, f"aud is {claims.get('aud')!r:.200}, not {AUDIENCE!r}")
    made_at, expires_at = _life(claims, now)
    return ShellToken(
        id=_text(claims, "jti"),
        issuer=issuer,
        subject=_text(claims, "sub"),
        org_id=_org_id(claims),
        org_name=_text(claims, "org_name"),
        email=_text(claims, "email"),
        name=_text(claims, "name"),
        roles=_roles(claims),
        made_at=made_at,
        expires_at=expires_at,
        signed_in_at=_moment(claims, "auth_time") if claims.get("auth_time") is not None else None,
        key=signed.thumbprint,
    )


def _life(claims: dict[str, Any], now: datetime) -> tuple[datetime, datetime]:
    """When the token was made, and when it expires. Raises `ShellSignInError`."""
    made_at, expires_at = _moment(claims, "iat"), _moment(claims, "exp")
    starts = [
        made_at,
        *(_moment(claims, name) for name in ("nbf", "auth_time") if claims.get(name) is not None),
    ]
    if max(starts) > now + LEEWAY:
        ahead = int((max(starts) - now).total_seconds())
        raise ShellSignInError(Reason.CLOCK_DIFFERS, f"the token is of {ahead} seconds from now")
    if not timedelta(0) < expires_at - made_at <= LONGEST_LIFE:
        life = int((expires_at - made_at).total_seconds())
        raise ShellSignInError(
            Reason.TOO_LONG, f"the token is good for {life} seconds, which may be 120 at most"
        )
    if expires_at <= now - LEEWAY:
        ago = int((now - expires_at).total_seconds())
        raise ShellSignInError(Reason.EXPIRED, f"the token expired {ago} seconds ago")
    return made_at, expires_at


def _moment(claims: dict[str, Any], name: str) -> datetime:
    try:
        found = moment(claims, name)
    except RefusedError as error:
        raise _unusable(name) from error
    if found is None:
        raise _unusable(name)
    return found


def _text(claims: dict[str, Any], name: str) -> str:
    found = claims.get(name)
    if not isinstance(found, str) or not 0 < len(found) <= _LONGEST or not is_storable(found):
        raise _unusable(name)
    if found != tidied(found):
        raise _unusable(name)
    return found


def _org_id(claims: dict[str, Any]) -> UUID:
    """As the platform writes it in the API, in one form: no two texts are the same organization."""
    text = _text(claims, "org")
    try:
        found = UUID(text)
    except ValueError as error:
        raise _unusable("org") from error
    if str(found) != text or not found.int:
        raise _unusable("org")
    return found


def _roles(claims: dict[str, Any]) -> frozenset[str]:
    found = claims.get("roles")
    if (
        not isinstance(found, list)
        or len(found) > _MOST_ROLES
        or not all(isinstance(one, str) for one in found)
    ):
        raise _unusable("roles")
    return frozenset(found)


def _unusable(name: str) -> ShellSignInError:
    return ShellSignInError(Reason.CLAIM_MISSING, f"{name} is missing, or can't be used")
