"""The client for programs that play with the stand-in."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
import requests

from stripe_sandbox.control_client import ControlClient, ControlError
from stripe_sandbox.testing import ROOT, Process, running


def test_a_refusal_says_why(stand_in: Process) -> None:
    with pytest.raises(ControlError, match=r"404 for POST .*No such price: 'price_unknown'"):
        stand_in.control.delete_price("price_unknown")


def test_it_knows_who_answers() -> None:
    with running(id="of-a-demo") as process:
        assert process.control.id() == "of-a-demo"
    with pytest.raises(requests.ConnectionError):
        process.control.id()


def test_it_waits_no_longer_than_it_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = ControlClient(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.1)
        with pytest.raises(requests.Timeout):
            client.requests()


def test_a_program_that_uses_it_loads_nothing_else_of_the_stand_in() -> None:
    script = (
        "import sys, stripe_sandbox.control_client; "
        "print(*sorted(name for name in sys.modules if name.startswith(('stripe', 'flask'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["stripe_sandbox", "stripe_sandbox.control_client"]
