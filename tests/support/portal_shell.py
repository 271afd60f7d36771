"""A Voice Portal shell, as the application sees it: it publishes its keys over HTTP, and signs tokens as told."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from uuid import uuid4

from flask import Flask, Response, jsonify
from joserfc import jws
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from app.ids import uuid7
from tests.support.serving import serving
from trusted_shell import TrustedShell

ISSUER = "https://portal.example"
ORIGIN = "http://portal.example"
"""Where its pages are."""
FRAMED = {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"}
"""What a browser says of a form that a page of the shell's posts into a frame."""

Claims = dict[str, Any]


@cache
def _key(algorithm: str) -> Key:
    if algorithm == "EdDSA":
        return OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)
    if algorithm == "ES256":
        return ECKey.generate_key("P-256", {"use": "sig"}, auto_kid=True)
    return RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)


class PortalShell:
    """The shell, who is signed in to it, and what is wrong with it."""

    def __init__(self) -> None:
        self.url = ""
        self.start_over()

    def start_over(self) -> None:
        """Forget everything, and do everything right."""
        self.algorithm = "EdDSA"
        self.key = _key(self.algorithm)
        self.published: list[Key] = [self.key]
        self.is_down = False
        self.answers: Callable[[], Response] | None = None
        self.asked = 0
        self.org_id = str(uuid7())

    def settings(self, minutes: int = 15) -> TrustedShell:
        """What our settings say about it."""
        return TrustedShell(ISSUER, f"{self.url}/keys", minutes)

    def sign_with(self, algorithm: str) -> None:
        """Sign by another algorithm from now on, with a key that is published."""
        self.algorithm, self.key = algorithm, _key(algorithm)
        self.published = [self.key]

    def rotate(self, *, publish: bool = True) -> None:
        """Sign with a new key from now on."""
        self.key = OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)
        self.algorithm = "EdDSA"
        if publish:
            self.published = [self.key]

    def claims(self, **changes: Any) -> Claims:
        """What a good token says, with changes; a claim that is None is left out."""
        now = int(time.time())
        known = {
            "iss": ISSUER,
            "aud": "billing",
            "sub": "person-1",
            "org": self.org_id,
            "org_name": "Acme Rivets",
            "email": "dana@acme.example",
            "name": "Dana Whitfield",
            "roles": ["org_admin"],
            "iat": now,
            "exp": now + 60,
            "jti": uuid4().hex,
        }
        return {name: value for name, value in (known | changes).items() if value is not None}

    def token(self, *, header: Claims | None = None, **changes: Any) -> str:
        """A token. `header` adds to its header."""
        return self.sign(self.claims(**changes), header)

    def sign(self, claims: Claims, header: Claims | None = None) -> str:
        """These claims, signed with its key, whatever the header says besides."""
        known = {"alg": self.algorithm, "kid": self.key.get("kid")} | (header or {})
        content = ".".join(
            encoded({k: v for k, v in part.items() if v is not None}) for part in (known, claims)
        )
        signature = jws.JWSRegistry.algorithms[self.algorithm].sign(content.encode(), self.key)
        return f"{content}.{base64url(signature)}"

    def app(self) -> Flask:
        """Where its keys are."""
        app = Flask("portal_shell")

        @app.get("/keys")
        def keys() -> Response | tuple[str, int]:
            self.asked += 1
            if self.answers is not None:
                return self.answers()
            if self.is_down:
                return "<h1>Bad gateway</h1>", 502
            return jsonify({"keys": [key.as_dict(private=False) for key in self.published]})

        return app


@contextmanager
def running() -> Iterator[PortalShell]:
    """A shell whose keys can be fetched."""
    shell = PortalShell()
    with serving(shell.app()) as url:
        shell.url = url
        yield shell


def signed_by_secret(claims: Claims, secret: bytes, key_id: str) -> str:
    """Signed with a text that everyone knows, as if it were a secret."""
    content = ".".join(map(encoded, ({"alg": "HS256", "kid": key_id}, claims)))
    return f"{content}.{base64url(hmac.digest(secret, content.encode(), 'sha256'))}"


def unsigned(claims: Claims) -> str:
    """A token that says that it needs no signature."""
    return ".".join([encoded({"alg": "none"}), encoded(claims), ""])


def encoded(part: Claims) -> str:
    """A part of a token."""
    return base64url(json.dumps(part).encode())


def base64url(content: bytes) -> str:
    """As in RFC 7515, without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def now(seconds: int = 0) -> int:
    """The time so many seconds from now, as a token says it."""
    return int(time.time()) + seconds
