"""The provider's document: read once, and only if it is our provider's."""

from __future__ import annotations

from typing import Any

import pytest

from app.openid import Client, UnavailableError
from tests.openid.flow import sign_in
from tests.support.openid_provider import Provider


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"issuer": 7},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "//evil.example/authorize"},
        {"token_endpoint": "http://evil.example/token"},
        {"token_endpoint": ["https://acme.example/token"]},
        {"token_endpoint": "https://acme.example:x/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"end_session_endpoint": "http://evil.example/"},
        {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
        {"token_endpoint_auth_methods_supported": "client_secret_post"},
    ],
)
def test_a_document_that_is_anothers_or_leads_elsewhere_is_not_used(
    client: Client, provider: Provider, change: dict[str, Any]
) -> None:
    provider.document = change
    with pytest.raises(UnavailableError):
        sign_in(client, provider)


def test_a_provider_that_is_away_is_not_asked_again_by_each_who_comes(
    client: Client, provider: Provider
) -> None:
    provider.is_down = True
    for _ in range(4):
        with pytest.raises(UnavailableError):
            sign_in(client, provider)
    assert provider.fetched["/.well-known/openid-configuration"] == 1
