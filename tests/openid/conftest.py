"""A provider, and our client of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.openid import Client
from tests.openid.flow import CALLBACK
from tests.support.openid_provider import Provider, running


@pytest.fixture(scope="session")
def _provider_process() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(_provider_process: Provider) -> Provider:
    _provider_process.start_over()
    return _provider_process


@pytest.fixture
def client(provider: Provider, app: Flask) -> Client:
    return Client(provider.settings(), CALLBACK)
