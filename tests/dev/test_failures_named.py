"""A run of tests says which failed while it still goes on."""

from __future__ import annotations

import subprocess
import sys
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
