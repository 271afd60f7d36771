"""One sign-in from our side, without a browser."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from app.clock import utc_now
from app.openid import Client, IDToken, Request
from tests.support.openid_provider import Provider

CALLBACK = "http://localhost:8000/sign-in/provider/callback"


def sign_in(client: Client, provider: Provider, *, fresh: bool = False) -> IDToken:
    """Send a browser there, and redeem what it comes back with."""
    asked_at, request = utc_now(), Request.new()
    address = client.sign_in_address(request, known_within=3600, fresh=fresh)
    back = parse_qs(urlsplit(provider.sign_in(address)).query)
    assert back["state"] == [request.state]
    client.check_sender(back.get("iss", [None])[0])
    return client.redeem(back["code"][0], request, asked_at, fresh=fresh)
