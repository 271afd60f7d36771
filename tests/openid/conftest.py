"""Our client of the provider."""

from __future__ import annotations

import pytest

from app.openid import Client
from tests.openid.flow import CALLBACK
from tests.support.openid_provider import Provider


@pytest.fixture
def client(provider: Provider) -> Client:
    return Client(provider.settings(), CALLBACK)
