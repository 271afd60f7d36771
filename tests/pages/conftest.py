"""An identity provider for the pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app import openid
from tests.support.openid_provider import Provider, running
from tests.support.provider_visits import use


@pytest.fixture(scope="session")
def provider_process() -> Iterator[Provider]:
    """The provider, for all tests."""
    with running() as provider:
        yield provider


@pytest.fixture
def provider(provider_process: Provider, app: Flask) -> Iterator[Provider]:
    """The provider, doing everything right, in the application's settings."""
    provider_process.start_over()
    use(provider_process, app)
    yield provider_process
    openid.set_up(None, "")
