"""Test processes that are forked: each test runs once, what it reports arrives, and a process that is gone is replaced."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from pathlib import Path
from xml.etree import ElementTree

import pytest

from config import ROOT
from tests.support.processes import half_of

TESTS = """
import os, sys, warnings
from pathlib import Path

import pytest

@pytest.fixture(scope="session")
def kept():
    yield os.getpid()
    Path(f"cleaned {os.getpid()}").touch()

@pytest.mark.parametrize("number", range(20))
def test_each(number, kept, record_property):
    record_property("process", os.environ["TEST_PROCESS"])
    warnings.warn(f"warned {number}")
    print(f"printed {number}")
    assert number != 7

def test_ends(kept):
    os._exit(3)

def test_writes_where_a_module_writes_that_was_imported_before(out=sys.stdout):
    out.write("written early\\n")
    out.flush()

def test_captures(capfd, tmp_path):
    assert tmp_path.parent.name == os.environ["TEST_PROCESS"]
    print("printed")
    assert capfd.readouterr().out == "printed\\n"

def test_skips():
    pytest.skip("said why")
"""
HANGS = """
import threading

def test_passes():
    pass

def test_hangs():
    threading.Event().wait()

def test_passes_too():
    pass
"""
CASES = [f"test_each[{number}]" for number in range(20)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "test_some.py").write_text(TESTS)
    return tmp_path


def run(folder: Path, *options: str, says: str = "") -> tuple[str, dict[str, ElementTree.Element]]:
    """What a run writes, and what it reports of each test; `says` is in what Python writes itself, if anything is."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.support.processes",
        "--processes=3",
        "--junitxml=report",
        "-o",
        "junit_family=xunit1",
    ]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [*command, *options], check=False, cwd=folder, env=environment, capture_output=True, text=True
    )
    assert says in done.stderr if says else not done.stderr
    reported = list(ElementTree.parse(folder / "report").iter("testcase"))
    found = {str(case.get("name")): case for case in reported}
    assert len(found) == len(reported), "A test ran twice."
    return done.stdout, found


def test_every_test_runs_once_in_some_process_and_all_that_it_reports_arrives(folder: Path) -> None:
    written, found = run(folder)
    assert "2 failed, 21 passed, 1 skipped, 20 warnings" in written
    others = {name for name in found if name not in CASES}
    early = "test_writes_where_a_module_writes_that_was_imported_before"
    assert others == {early, "test_ends", "test_captures", "test_skips"}
    assert set(CASES) <= set(found)
    processes = {found[case].find("properties/property").get("value") for case in CASES}  # type: ignore[union-attr]
    assert len(processes) > 1
    failed = {name for name, case in found.items() if case.find("failure") is not None}
    assert failed == {"test_each[7]", "test_ends"}
    assert "printed 7" in written and "printed 8" not in written
    assert "The test process ended with 3 while it ran this." in written


def test_a_process_cleans_up_what_it_has_kept_before_it_ends(folder: Path) -> None:
    run(folder, "-k", "test_each")
    assert len(list(folder.glob("cleaned *"))) == 3


def test_a_run_that_stops_at_the_first_failure_ends_and_cleans_up(folder: Path) -> None:
    written, found = run(folder, "-x", "-k", "test_each")
    assert "stopping after 1 failures" in written
    assert "test_each[7]" in found
    assert len(list(folder.glob("cleaned *"))) == 3


def test_a_test_that_takes_too_long_is_ended_and_has_failed_and_its_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(HANGS)
    _, found = run(tmp_path, "-p", "pytest_timeout", "-o", "timeout=1", says="in test_hangs")
    failed = {name: case.find("failure") for name, case in found.items()}
    assert sorted(failed) == ["test_hangs", "test_passes", "test_passes_too"]
    assert [name for name, failure in failed.items() if failure is not None] == ["test_hangs"]


def test_who_is_done_takes_the_end_of_what_another_has_still_to_do() -> None:
    share = deque([1, 2, 3, 4, 5])
    assert list(half_of(share)) == [3, 4, 5]
    assert list(share) == [1, 2]
    assert list(half_of(deque([1]))) == [1]
    assert list(half_of(deque())) == []
