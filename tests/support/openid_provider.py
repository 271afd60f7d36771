"""An OpenID provider over HTTP on loopback, for tests: it signs as real ones do (joserfc), and goes wrong as told.

It holds to what a client owes it: its address to come back to, the secret, PKCE (RFC 7636), and each code once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from threading import Event, Lock
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit
from urllib.request import HTTPErrorProcessor, Request, build_opener

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from identity_provider import IdentityProvider
from tests.support.serving import serving

CLIENT_ID = "billing"
CLIENT_SECRET = "a secret: with /+& in it"
ORG_ID = "0194f3c1-0000-7000-8000-00000000acde"
Claims = dict[str, Any]


@cache
def _first_key() -> Key:
    return RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)


@dataclass
class Person:
    """Who signs in there, and what the provider says of them."""

    subject: str = "2f1c"
    claims: Claims = field(default_factory=dict)


def dana(**claims: Any) -> Person:
    """An owner of an organization that the provider names."""
    known = {
        "email": "dana@acme.example",
        "email_verified": True,
        "name": "Dana Whitfield",
        "org": ORG_ID,
        "org_name": "Acme Rivets",
        "roles": ["org_admin"],
    }
    return Person(claims=known | claims)


class Provider:
    """The provider, its person, and what is wrong with it."""

    def __init__(self) -> None:
        self.url = ""
        self.start_over()

    def start_over(self) -> None:
        """Forget everything, and do everything right."""
        self.person = dana()
        self.key: Key = _first_key()
        self.published: list[Key] = [self.key]
        self.algorithm = "RS256"
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[dict[str, str]] = []
        self.document: Claims = {}
        self.answer: dict[str, str] = {}
        """Instead of what a sign-in is answered with."""
        self.token_answer: tuple[int, Any] | None = None
        self.header: Claims = {}
        self.change: Callable[[Claims], Claims] = dict
        """What the claims of an ID token are made into."""
        self.make: Callable[[Claims], str] = self._signed
        self.signed_in_at = time.time()
        self.waits: Event | None = None
        """What each answer but the first pages waits for."""
        self.is_down = False
        self.fetched: dict[str, int] = {}
        self._lock = Lock()

    def settings(self, **changes: Any) -> IdentityProvider:
        """What our settings say about it."""
        known: dict[str, Any] = {
            "name": "Acme",
            "issuer": self.url,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "scopes": ("openid", "email", "profile"),
            "organization_claim": "org",
            "organization_name_claim": "org_name",
            "roles_claim": "roles",
            "owner_roles": ("org_admin", "billing-owners"),
            "member_roles": ("member",),
            "email_verified_claim": "email_verified",
            "second_factors": ("mfa",),
        }
        return IdentityProvider(**known | changes)

    def rotate(self, key: Key | None = None, algorithm: str = "RS256", *, keep_old: bool = False) -> None:
        """Sign with another key from now on."""
        self.key = key or RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)
        self.algorithm = algorithm
        self.published = [*(self.published if keep_old else []), self.key]

    def sign_in(self, address: str) -> str:
        """Go where a browser is sent, sign in there, and return the address that it is sent back to."""
        opener = build_opener(_NoRedirects)
        with opener.open(Request(address), timeout=10) as answer:
            return str(answer.headers["Location"])

    def _signed(self, claims: Claims) -> str:
        header = {"alg": self.algorithm, "kid": self.key.get("kid")} | self.header
        return jwt.encode(header, claims, self.key, [self.algorithm])

    def claims_for(self, asked: dict[str, str]) -> Claims:
        """The claims of an ID token."""
        now = int(time.time())
        known = {
            "iss": self.url,
            "sub": self.person.subject,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "auth_time": int(self.signed_in_at),
        }
        return self.change(known | self.person.claims)

    def app(self) -> Flask:
        """Its pages."""
        app = Flask("openid_provider")

        @app.before_request
        def trouble() -> tuple[str, int] | None:
            with self._lock:
                self.fetched[request.path] = self.fetched.get(request.path, 0) + 1
            if self.waits is not None:
                self.waits.wait(30)
            return ("<h1>Bad gateway</h1>", 502) if self.is_down else None

        app.add_url_rule("/.well-known/openid-configuration", view_func=self._describe)
        app.add_url_rule("/keys", view_func=self._list_keys)
        app.add_url_rule("/authorize", view_func=self._authorize)
        app.add_url_rule("/token", view_func=self._token, methods=["POST"])
        app.add_url_rule("/sign-out", view_func=self._sign_out)
        return app

    def _describe(self) -> Response:
        known = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "end_session_endpoint": f"{self.url}/sign-out",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "authorization_response_iss_parameter_supported": True,
        }
        return jsonify({name: value for name, value in (known | self.document).items() if value is not None})

    def _list_keys(self) -> Response:
        return jsonify({"keys": [key.as_dict(private=False) for key in self.published]})

    def _authorize(self) -> Any:
        asked = request.args.to_dict()
        self.asked.append(asked)
        if asked.get("prompt") == "login" and "auth_time" not in self.person.claims:
            self.signed_in_at = time.time()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": self.url} | self.answer
        sent = {name: value for name, value in answer.items() if value}
        back = f"{asked['redirect_uri']}?{urlencode(sent)}"
        if "text/html" not in request.headers.get("Accept", ""):
            return redirect(back)
        return f'<!doctype html><html lang="en"><title>Acme</title><h1>Acme</h1><a href="{escaped(back)}">Continue as Dana</a>'

    def _token(self) -> Any:
        if self.token_answer is not None:
            status, body = self.token_answer
            return (body, status) if isinstance(body, str) else (jsonify(body), status)
        known = request.authorization
        client = (
            (unquote(known.username or ""), unquote(known.password or ""))
            if known is not None
            else (request.form.get("client_id", ""), request.form.get("client_secret", ""))
        )
        if client != (CLIENT_ID, CLIENT_SECRET):
            return jsonify(error="invalid_client"), 401
        with self._lock:
            asked = self.codes.pop(request.form.get("code", ""), None)
        digest = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
        proven = _base64(digest)
        if (
            asked is None
            or asked["code_challenge_method"] != "S256"
            or asked["code_challenge"] != proven
            or asked["redirect_uri"] != request.form.get("redirect_uri")
        ):
            return jsonify(error="invalid_grant"), 400
        return jsonify(
            access_token=secrets.token_urlsafe(16),
            token_type="Bearer",
            expires_in=300,
            id_token=self.make(self.claims_for(asked)),
        )

    def _sign_out(self) -> Any:
        self.asked.append(request.args.to_dict())
        return redirect(request.args["post_logout_redirect_uri"])


def escaped(address: str) -> str:
    """An address in an attribute."""
    return address.replace("&", "&amp;").replace('"', "&quot;")


def unsigned(claims: Claims) -> str:
    """A token that says that it needs no signature."""
    header, payload = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join([*map(_encoded, (header, payload)), ""])


def signed_with_the_public_key(provider: Provider) -> Callable[[Claims], str]:
    """Signs by a secret that everyone knows: the text of the provider's public key."""
    assert isinstance(provider.key, RSAKey)
    secret = provider.key.as_pem(private=False)

    def make(claims: Claims) -> str:
        header = {"alg": "HS256", "kid": provider.key.get("kid"), "typ": "JWT"}
        content = ".".join(map(_encoded, (header, claims)))
        return f"{content}.{_base64(hmac.digest(secret, content.encode(), 'sha256'))}"

    return make


def forged(provider: Provider, header: Claims) -> Callable[[Claims], str]:
    """Signs with the provider's own key, whatever the header says besides."""

    def make(claims: Claims) -> str:
        known = {"alg": "RS256", "kid": provider.key.get("kid"), "typ": "JWT"} | header
        content = ".".join(_encoded(part) for part in (known, claims) if part is not None)
        signature = JWSRegistry.algorithms["RS256"].sign(content.encode(), provider.key)
        return f"{content}.{_base64(signature)}"

    return make


def an_ec_key() -> Key:
    """A key on P-256."""
    return ECKey.generate_key("P-256", {"use": "sig"}, auto_kid=True)


def an_ed25519_key() -> Key:
    """A key on Ed25519."""
    return OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)


def _encoded(part: Claims) -> str:
    return _base64(json.dumps(part).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


class _NoRedirects(HTTPErrorProcessor):
    def http_response(self, request: Any, response: Any) -> Any:
        """Whatever it is."""
        return response


@contextmanager
def running() -> Iterator[Provider]:
    """The provider at an address of its own."""
    provider = Provider()
    with serving(provider.app()) as url:
        provider.url = url
        assert urlsplit(url).hostname == "127.0.0.1"
        yield provider
