"""The client of one provider: where people are sent, and what comes back. Requests are built by Authlib."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode, urlsplit

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from app.clock import utc_now
from app.openid import http, id_tokens, metadata, signed
from app.openid.cached import Cached
from app.openid.errors import RefusedError, UnavailableError
from app.openid.id_tokens import Expected, IDToken
from app.openid.keys import Keys
from app.openid.metadata import Metadata
from app.per_application import PerApplication
from identity_provider import IdentityProvider

_METADATA_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Request:
    """What makes one sign-in its own: only the browser that began it knows `state`, only we `verifier` (PKCE, RFC
    7636), and only its ID token has `nonce`."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Request:
        """Three secrets of 256 bits."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


class Client:
    """Speaks to one provider. `callback` is our address that it sends people back to."""

    def __init__(self, provider: IdentityProvider, callback: str) -> None:
        self.provider, self._callback = provider, callback
        self._metadata = Cached(lambda: metadata.fetch(provider.issuer), seconds=_METADATA_SECONDS)
        self._keys = Keys(lambda: http.get(self._metadata.get().jwks_uri))

    def sign_in_address(self, request: Request, *, known_within: int, fresh: bool = False) -> str:
        """Where a browser is sent to sign in. Raises `UnavailableError`.

        `known_within`: the provider asks again who it is if that was longer ago, in seconds. It has to tell then when
        it was. `fresh`: it asks in any case.
        """
        asks = {"prompt": "login", "max_age": "0"} if fresh else {"max_age": str(known_within)}
        address = prepare_grant_uri(
            self._metadata.get().authorization_endpoint,
            client_id=self.provider.client_id,
            response_type="code",
            redirect_uri=self._callback,
            scope=" ".join(self.provider.scopes),
            state=request.state,
            nonce=request.nonce,
            code_challenge=create_s256_code_challenge(request.verifier),
            code_challenge_method="S256",
            **asks,
        )
        return str(address)

    def check_sender(self, named: str | None) -> None:
        """Check whose answer it is that came back to us (RFC 9207). Raises `RefusedError`, and `UnavailableError`."""
        if named is None and not self._metadata.get().names_itself:
            return
        if named != self.provider.issuer:
            raise RefusedError(f"the answer is of {named!r:.200}, not of our provider")

    def redeem(self, code: str, request: Request, asked_at: datetime, *, fresh: bool = False) -> IDToken:
        """Exchange a code for the ID token, and verify it. Raises `RefusedError` and `UnavailableError`.

        What else the provider gives, such as an access token, is thrown away: nothing of it is used.
        """
        found = self._metadata.get()
        status, content = self._ask_for_token(found, code, request.verifier)
        token = content.get("id_token")
        if status >= 500 or (status == 200 and not isinstance(token, str)):
            raise UnavailableError(f"{found.token_endpoint} answered {status} without an ID token")
        if status != 200:
            raise RefusedError(f"{found.token_endpoint} answered {status}, {content.get('error')!r:.100}")
        expected = Expected(self.provider.issuer, self.provider.client_id, request.nonce, asked_at, fresh)
        return id_tokens.check(signed.verify(str(token), self._keys), expected, utc_now())

    def sign_out_address(self, return_to: str) -> str | None:
        """Where a browser is sent to sign out of the provider, too; None if the provider has no such page. Raises
        `UnavailableError`. https://openid.net/specs/openid-connect-rpinitiated-1_0.html"""
        address = self._metadata.get().end_session_endpoint
        if address is None:
            return None
        query = urlencode({"client_id": self.provider.client_id, "post_logout_redirect_uri": return_to})
        return f"{address}{'&' if urlsplit(address).query else '?'}{query}"

    def _ask_for_token(self, found: Metadata, code: str, verifier: str) -> tuple[int, dict[str, object]]:
        body = prepare_token_request(
            "authorization_code", redirect_uri=self._callback, code=code, code_verifier=verifier
        )
        # In the header both are encoded once more (RFC 6749, section 2.3.1), which Authlib leaves to us.
        is_header = found.client_auth == "client_secret_basic"
        names = self.provider.client_id, self.provider.client_secret
        client = ClientAuth(*(quote(one, safe="") if is_header else one for one in names), found.client_auth)
        address, headers, body = client.prepare(
            "POST",
            found.token_endpoint,
            {"Content-Type": "application/x-www-form-urlencoded"},
            body,
        )
        return http.exchange("POST", str(address), headers, str(body))


_client = PerApplication[Client | None]("openid_client", lambda: None)


def set_up(provider: IdentityProvider | None, callback: str) -> None:
    """The running application's provider, if it has one."""
    _client.set(Client(provider, callback) if provider is not None else None)


def current() -> Client | None:
    """The running application's client; None if people sign in without a provider."""
    return _client.get()
