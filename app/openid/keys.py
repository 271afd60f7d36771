"""Public keys of the service that signs tokens (JWKS, RFC 7517): kept for a while, fetched again when one is missing.

Only algorithms with a key pair are accepted, so that no public key can serve as a shared secret, and none at all is
never one (RFC 8725, sections 2.1 and 3.1). The key's own kind has to fit as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey

from app.openid.cached import Cached
from app.openid.errors import RefusedError

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
_SECONDS = 600
"""How long keys are kept: a key that its owner withdrew is good for no longer."""
_SMALLEST_RSA = 2048


class Keys:
    """The keys that `fetch` gets as a JSON object: it may be called by any thread, at any time."""

    def __init__(self, fetch: Callable[[], dict[str, Any]]) -> None:
        self._known = Cached(lambda: read(fetch()), seconds=_SECONDS)

    def find(self, algorithm: str, key_id: str | None) -> Key:
        """The one key that a token may be signed with. Raises `RefusedError`, and `UnavailableError`."""
        if algorithm not in ALGORITHMS:
            raise RefusedError(f"the algorithm {algorithm!r:.40} isn't accepted")
        found = _fitting(self._known.get(), algorithm, key_id)
        if len(found) != 1:
            found = _fitting(self._known.get_again(), algorithm, key_id)
        if len(found) != 1:
            raise RefusedError(f"{len(found)} keys fit {algorithm} and the key id {key_id!r:.80}")
        return found[0]

    def has(self, thumbprint: str) -> bool:
        """Whether a key is still there, of keys that are half a minute old at most. Raises `UnavailableError`."""
        return any(key.thumbprint() == thumbprint for key in self._known.get_again())


def read(content: dict[str, Any]) -> list[Key]:
    """The keys that can verify signatures; others in the set are left alone, as RFC 7517 (section 5) says."""
    listed = content.get("keys")
    found: list[Key] = []
    for one in listed if isinstance(listed, list) else []:
        if not isinstance(one, dict) or one.get("use", "sig") != "sig":
            continue
        try:
            found.append(JWKRegistry.import_key(one))
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    return found


def _fitting(keys: list[Key], algorithm: str, key_id: str | None) -> list[Key]:
    """Without a key id in the token, the only key of its kind."""
    return [
        key
        for key in keys
        if (key_id is None or key.get("kid") == key_id)
        and key.get("alg", algorithm) == algorithm
        and _fits(key, algorithm)
    ]


def _fits(key: Key, algorithm: str) -> bool:
    if algorithm in {"RS256", "PS256"}:
        public = key.public_key if isinstance(key, RSAKey) else None
        return isinstance(public, RSAPublicKey) and public.key_size >= _SMALLEST_RSA
    if algorithm == "ES256":
        return isinstance(key, ECKey) and key.get("crv") == "P-256"
    return isinstance(key, OKPKey) and key.get("crv") == "Ed25519"
