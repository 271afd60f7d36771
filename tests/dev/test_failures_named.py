"""A run of tests says which failed before it has ended, and none waits for ever."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from config import ROOT

THREE = """
import pytest

@pytest.fixture
def broken():
    raise RuntimeError("no set-up")

def test_that_fails():
    assert 1 == 2

def test_that_has_no_set_up(broken):
    pass

def test_after_them():
    import os
    os._exit(3)
"""


@pytest.mark.parametrize("processes", [[], ["-n", "1", "--max-worker-restart", "0"]], ids=["one", "started"])
def test_what_failed_is_known_of_a_run_that_never_ends(processes: list[str], tmp_path: Path) -> None:
    (tmp_path / "test_three.py").write_text(THREE)
    run = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.support.failures_named",
        "-p",
        "no:cacheprovider",
    ]
    ended = subprocess.run(
        [*run, *processes, "--rootdir", str(tmp_path), "-c", "/dev/null", tmp_path / "test_three.py"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "FAILED in call: test_three.py::test_that_fails" in ended.stdout
    assert "FAILED in setup: test_three.py::test_that_has_no_set_up" in ended.stdout


FOREVER = """
from concurrent.futures import ThreadPoolExecutor
from threading import Event

def test_that_waits():
    with ThreadPoolExecutor(1) as threads:
        threads.submit(Event().wait).result()

def test_before_or_after_it():
    pass
"""


@pytest.mark.long
def test_one_that_waits_for_what_never_comes_says_where_and_fails_and_the_rest_run(tmp_path: Path) -> None:
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    assert ours["faulthandler_timeout"] < ours["timeout"]
    method = ours["timeout_method"]
    (tmp_path / "pytest.ini").write_text(
        f"[pytest]\ntimeout = 3\ntimeout_method = {method}\nfaulthandler_timeout = 1\n"
    )
    (tmp_path / "test_forever.py").write_text(FOREVER)
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "1", "-p", "tests.support.failures_named", "-p", "no:cacheprovider",
         "--rootdir", str(tmp_path), "-c", tmp_path / "pytest.ini", tmp_path / "test_forever.py"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "test_forever.py::test_that_waits" in ended.stdout
    assert "1 failed, 1 passed" in ended.stdout
    assert "in test_that_waits" in ended.stderr
