"""Everything that `make run` starts, started for real."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

import demo_notes
from benchmarks.signing_in import sign_in
from dev.demo import ROOT
from dev.temporary import temporary_demo
from stripe_sandbox.control_client import ControlClient


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def flask(environment, *arguments):
    """What a command says about the demo."""
    command = [sys.executable, "-m", "flask", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def left_in_temporary_folders():
    """What the demos that run in folders of their own have left for other programs."""
    folders = Path(tempfile.gettempdir()).glob("voice-portal-demo-*")
    return [demo_notes.read(folder) for folder in folders if demo_notes.is_running(folder)]


@pytest.mark.long
def test_it_starts_serves_its_owner_and_leaves_nothing_running():
    with temporary_demo() as environment, requests.Session() as browser:
        address = environment["PUBLIC_URL"]
        programs = ("PUBLIC_URL", "STRIPE_API_BASE", "SHELL_JWKS_URL")
        ports = [urlsplit(environment[name]).port for name in programs]
        assert all(listens(port) for port in ports)
        books = flask(environment, "ledger", "check")
        assert (books.returncode, books.stdout) == (0, "Ledger OK.\n"), books.stderr
        assert requests.get(f"{address}/readyz", timeout=10).status_code == 200
        sign_in(
            lambda path: browser.get(address + path, timeout=10).text,
            lambda path, form: (
                browser.post(address + path, data=form, allow_redirects=False, timeout=10).status_code
            ),
        )
        overview = browser.get(f"{address}/billing", timeout=10)
        assert overview.status_code == 200
        assert "Harbor Dental" in overview.text
        notes = next(one for one in left_in_temporary_folders() if one.public_url == address)
        assert notes.public_url == address
        assert notes.stripe_url == environment["STRIPE_API_BASE"]
        assert notes.database_url == environment["DATABASE_URL"]
        assert ControlClient(notes.stripe_url or "").id() == notes.stripe_id
    assert not any(listens(port) for port in ports)
