"""Signing in with an identity provider (OpenID Connect): the only place that speaks to it. Plain values come back.

https://openid.net/specs/openid-connect-core-1_0.html, by the rules of RFC 9700 for clients: the authorization code
flow with PKCE, and nothing else.
"""

from app.openid.client import Client, Request, current, set_up
from app.openid.errors import OpenIDError, RefusedError, UnavailableError
from app.openid.id_tokens import IDToken

__all__ = [
    "Client",
    "IDToken",
    "OpenIDError",
    "RefusedError",
    "Request",
    "UnavailableError",
    "current",
    "set_up",
]
