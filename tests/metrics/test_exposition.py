"""Several web processes, one answer: for those who know the token."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from http.client import HTTPResponse
from pathlib import Path

import pytest

from app import metrics
from config import ROOT
from dev.testing import Addresses
from tests.support.waiting import wait_until
from tests.support.web_process import WebProcess, web_process

TOKEN = "m" * 32
WRITES = """
from app import metrics
metrics.HOLDS.labels("reserve", "granted").inc(3)
metrics.THREADS_IN_USE.labels("pages").inc()
print(metrics.expose().decode())
"""


def test_processes_that_share_a_folder_are_added_up(tmp_path: Path) -> None:
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for said in ("3.0", "6.0"):
        done = subprocess.run(
            [sys.executable, "-c", WRITES],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert f'billing_holds_total{{operation="reserve",outcome="granted"}} {said}' in done.stdout
    assert 'pid="' not in done.stdout


@pytest.mark.parametrize(
    ("authorization", "may"),
    [
        (f"Bearer {TOKEN}", True),
        (f"bearer  {TOKEN}", True),
        (TOKEN, False),
        (f"Bearer{TOKEN}", False),
        (f"Basic {TOKEN}", False),
        (f"Bearer {TOKEN}m", False),
        ("Bearer \xe9", False),
        ("Bearer", False),
        ("", False),
    ],
)
def test_only_the_bearer_of_the_token_may_read(authorization: str, may: bool) -> None:
    assert metrics.may_read(authorization, TOKEN) is may


def read(server: WebProcess, token: str = TOKEN) -> HTTPResponse:
    return server.ask("GET", "/metrics", headers={"Authorization": f"Bearer {token}"})


@pytest.mark.long
def test_any_web_process_answers_for_all(database: Addresses) -> None:
    """Programs of their own: forks of one that has imported it without the folder would not use it."""
    environment = {**database.settings, "METRICS_TOKEN": TOKEN, "PYTHONPATH": str(ROOT)}
    with web_process(environment=environment, workers=2) as server:
        assert read(server, "wrong").status == 401
        for _ in range(20):
            assert server.get("/sign-in").status == 200

        def counted() -> bool:
            text = read(server).read().decode()
            return re.findall(r'billing_requests_total\{.*endpoint="auth.sign_in",.*\} ([0-9.]+)', text) == [
                "20.0"
            ]

        wait_until(counted, otherwise="not all requests were counted")
        text = read(server).read().decode()
    assert "billing_database_up 1.0" in text
    assert 'billing_jobs_oldest_seconds{queue="payments"} 0.0' in text
    assert 'pid="' not in text
