"""A gateway for text messages, and an application that sends as production does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app import notify
from app.notify import AllowedAddresses, webhooks
from app.notify.sms import Gateway
from tests.support.platform_receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@pytest.fixture
def with_gateway(app: Flask, receiver: Receiver) -> Iterator[str]:
    """Text messages go to the receiver; the secret that signs them."""
    secret = webhooks.new_secret()
    notify._sms_gateway.set(Gateway(receiver.url, (secret,)))
    yield secret
    notify._sms_gateway.set(None)


@pytest.fixture
def in_production(app: Flask) -> Iterator[None]:
    before = notify.allowed_addresses()
    notify._allowed_addresses.set(AllowedAddresses(private=False, ports=(443,)))
    yield
    notify._allowed_addresses.set(before)
