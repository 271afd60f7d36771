"""JSON Web Tokens (RFC 7519): what is in one, once its signature is verified. By joserfc."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError

from app.openid.errors import RefusedError
from app.openid.keys import ALGORITHMS, Keys

LONGEST = 16 * 1024
"""Characters of a token."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A verified token. Nothing is known yet of whom it is for, and whether it is still good."""

    header: dict[str, Any]
    claims: dict[str, Any]
    thumbprint: str
    """Which key verified it (RFC 7638): key ids may be used again."""


def verify(token: str, keys: Keys) -> Signed:
    """Verify the signature by one of the keys. Raises `RefusedError`, and `UnavailableError` where they are away.

    Of the header only `alg` and `kid` are followed: no key that a token brings along, or points to, is used.
    """
    if len(token) > LONGEST:
        raise RefusedError(f"the token is longer than {LONGEST} characters")
    try:
        header = jws.extract_compact(token.encode("ascii")).headers()
        algorithm, key_id, kind = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
        if not isinstance(algorithm, str) or not isinstance(key_id, str | None):
            raise RefusedError("the token's header isn't valid")
        # A token of another kind that the same key signs, such as one of OAuth, is none (RFC 8725, section 3.11).
        if not isinstance(kind, str) or kind.upper() not in {"JWT", "APPLICATION/JWT"}:
            raise RefusedError(f"the token is {kind!r:.40}, not a plain JWT")
        key = keys.find(algorithm, key_id)
        found = jwt.decode(token, key, algorithms=[*ALGORITHMS])
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise RefusedError(f"the token isn't valid: {type(error).__name__}") from error
    return Signed(dict(found.header), found.claims, key.thumbprint())


def moment(claims: Mapping[str, Any], name: str) -> datetime | None:
    """The time that a claim says in seconds (`NumericDate`, RFC 7519, section 2); None without the claim. Raises
    `RefusedError`."""
    seconds = claims.get(name)
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise RefusedError(f"{name} is no number")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise RefusedError(f"{name} is no time") from error
