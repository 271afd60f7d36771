"""ID tokens: who signed in at the provider, when and how. The rules are those of OpenID Connect Core, 3.1.3.7."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError

from app.openid.errors import RefusedError
from app.openid.signed import Signed, moment

LEEWAY = timedelta(seconds=60)
"""By how much the provider's clock may differ from ours."""

_LONGEST_SUBJECT = 255


@dataclass(frozen=True, slots=True)
class IDToken:
    """A verified ID token that was made for us, for this sign-in.

    `signed_in_at` is when the person last proved to the provider who they are, None if it doesn't tell; `proofs` are
    the values of `amr` and `acr`.
    """

    issuer: str
    subject: str
    signed_in_at: datetime | None
    proofs: frozenset[str]
    claims: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token has to say. `fresh`: the person has proved who they are since `asked_at`."""

    issuer: str
    client_id: str
    nonce: str
    asked_at: datetime
    fresh: bool = False


def check(signed: Signed, expected: Expected, now: datetime) -> IDToken:
    """Check a token whose signature is verified. Raises `RefusedError`, which says which claim is wrong."""
    options: Any = {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client_id},
        "sub": {"essential": True},
    }
    token = CodeIDToken(
        dict(signed.claims),
        signed.header,
        options,
        {"nonce": expected.nonce, "client_id": expected.client_id},
    )
    try:
        token.validate(now=int(now.timestamp()), leeway=int(LEEWAY.total_seconds()))
    except (JoseError, ValueError, TypeError, OverflowError) as error:
        raise RefusedError(f"a claim isn't as it has to be: {error}") from error
    made_at = moment(token, "iat")
    if made_at is None or made_at < expected.asked_at - LEEWAY:
        raise RefusedError("iat is before we asked: it is another sign-in's token, or the clocks differ")
    return IDToken(
        issuer=expected.issuer,
        subject=_subject(token),
        signed_in_at=_signed_in_at(token, expected, now),
        proofs=_proofs(token),
        claims=dict(signed.claims),
    )


def _subject(token: CodeIDToken) -> str:
    """At most 255 ASCII characters, says the standard (section 2)."""
    subject = token["sub"]
    if not isinstance(subject, str) or not subject.isascii() or not subject.isprintable():
        raise RefusedError("sub is no plain text")
    if not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise RefusedError("sub is empty or too long")
    return subject


def _signed_in_at(token: CodeIDToken, expected: Expected, now: datetime) -> datetime | None:
    at = moment(token, "auth_time")
    if at is not None and at > now + LEEWAY:
        raise RefusedError("auth_time is in the future: the clocks differ")
    if expected.fresh and (at is None or at < expected.asked_at - LEEWAY):
        raise RefusedError("auth_time doesn't say that the person has just signed in, which we asked for")
    return at


def _proofs(token: CodeIDToken) -> frozenset[str]:
    listed = [*(token.get("amr") or ()), token.get("acr")]
    return frozenset(one for one in listed if isinstance(one, str))
