"""Tokens that say to billing who is signed in here, and the public keys that verify them.

What has to be in a token is in docs/embedding.md ("The token"). Any JWT library makes one.
"""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey

from shell_demo.people import Person

ISSUER = "https://portal.example"
"""What billing has as SHELL_ISSUER. It stays, wherever the portal is served: a person is known by it and their id."""
GOOD_FOR = 60
"""Seconds; billing takes 120 at most."""


class Signer:
    """Signs with a key that is made when the program starts.

    Billing fetches the keys again when it meets a `kid` that it doesn't know, every half minute at most. A portal
    of several processes keeps one key for all of them, and publishes the next one ten minutes before it signs
    with it.
    """

    def __init__(self) -> None:
        self._key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)

    def public_keys(self) -> dict[str, Any]:
        """What is at SHELL_JWKS_URL (RFC 7517). Never the private part."""
        return {"keys": [self._key.as_dict(private=False)]}

    def token(self, person: Person, signed_in_at: int) -> str:
        """A token for the person who is signed in. Each is good for one use: make one for each request."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": "billing",
            "sub": person.id,
            "email": person.email,
            "name": person.name,
            "org": person.organization.id,
            "org_name": person.organization.name,
            "roles": [person.role],
            "iat": now,
            "exp": now + GOOD_FOR,
            "jti": uuid4().hex,
            "auth_time": signed_in_at,
        }
        return jwt.encode({"alg": "ES256", "kid": self._key.kid}, claims, self._key)
