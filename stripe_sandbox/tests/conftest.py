"""The stand-in as its own tests use it: one process for the run, empty for each test, and a receiver of webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe

from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.settings import Settings
from stripe_sandbox.testing import Process, running
from stripe_sandbox.tests.support.developer import Developer
from stripe_sandbox.tests.support.member import Member
from stripe_sandbox.tests.support.receiver import SECRET, Receiver, receiving
from stripe_sandbox.tests.support.shopper import Shopper
from stripe_sandbox.tests.support.stage import Stage

stripe.enable_telemetry = False


@pytest.fixture(scope="session")
def _receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def process(_receiver: Receiver) -> Iterator[Process]:
    """The running stand-in, whatever the tests before have left in it."""
    with running(webhook_url=_receiver.url, webhook_secret=SECRET) as process:
        yield process


@pytest.fixture
def stand_in(process: Process) -> Process:
    """The stand-in, empty and without faults; its webhooks wait until they are flushed."""
    process.control.reset(webhooks="hold")
    return process


@pytest.fixture
def receiver(_receiver: Receiver, stand_in: Process) -> Receiver:
    """What takes the webhooks; it has taken none yet."""
    _receiver.start_over()
    return _receiver


@pytest.fixture
def client(stand_in: Process) -> stripe.StripeClient:
    """The real SDK, without its retries."""
    return stripe.StripeClient("sk_test_tests", base_addresses={"api": stand_in.url}, max_network_retries=0)


@pytest.fixture
def shopper(client: stripe.StripeClient, stand_in: Process) -> Shopper:
    """A customer whose cards are tried."""
    return Shopper(client, stand_in)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    environment = {"SANDBOX_STATE": str(tmp_path / "state.db"), "SANDBOX_CONFORMANCE": "1"}
    return Stage(Sandbox(Settings.from_environment(environment)))


@pytest.fixture
def member(shopper: Shopper, stand_in: Process) -> Member:
    return Member(shopper, stand_in)


@pytest.fixture
def developer(stand_in: Process) -> Developer:
    return Developer(stand_in)
