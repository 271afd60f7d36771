"""What a provider says about itself: https://openid.net/specs/openid-connect-discovery-1_0.html"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.openid import http
from app.openid.errors import UnavailableError
from identity_provider import is_allowed

_PATH = "/.well-known/openid-configuration"
_WAYS = ("client_secret_basic", "client_secret_post")
"""How we can prove who we are to the provider; the first that it knows is used."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """Addresses of a provider.

    `client_auth` is how it wants to know that it is us who ask for a token. `names_itself`: its answers say which
    provider they are of (RFC 9207).
    """

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None
    client_auth: str
    names_itself: bool


def fetch(issuer: str) -> Metadata:
    """Read the provider's document. Raises `UnavailableError`, also if it is another provider's."""
    found = http.get(issuer.rstrip("/") + _PATH)
    if found.get("issuer") != issuer:
        raise UnavailableError(f"the provider calls itself {found.get('issuer')!r:.200}, not {issuer!r}")
    return Metadata(
        authorization_endpoint=_address(found, "authorization_endpoint"),
        token_endpoint=_address(found, "token_endpoint"),
        jwks_uri=_address(found, "jwks_uri"),
        end_session_endpoint=_address(found, "end_session_endpoint")
        if found.get("end_session_endpoint")
        else None,
        client_auth=_client_auth(found),
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
    )


def _address(found: dict[str, Any], name: str) -> str:
    address = found.get(name)
    if not isinstance(address, str) or not is_allowed(address.partition("?")[0]):
        raise UnavailableError(f"the provider's {name} is {address!r:.200}, which can't be used")
    return address


def _client_auth(found: dict[str, Any]) -> str:
    known = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    way = next((one for one in _WAYS if isinstance(known, list) and one in known), None)
    if way is None:
        raise UnavailableError("the provider takes neither client_secret_basic nor client_secret_post")
    return way
