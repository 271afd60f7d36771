"""Programs that tests start are forks of a process that has imported the product, and behave as any program does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.support import programs
from tests.support.programs import Program
from tests.support.waiting import wait_until

SAYS = """
import json, os, sys
from pathlib import Path

Path("said").write_text(json.dumps({
    "arguments": sys.argv[1:],
    "environment": dict(os.environ),
    "imported": [name for name in ("app.api", "wsgi", "gunicorn.config") if name in sys.modules],
    "is_in_a_session_of_its_own": os.getsid(0) == os.getpid(),
}))
sys.exit(3)
"""
WAITS = """
import time
from pathlib import Path

Path("said").touch()
time.sleep(600)
"""


def start(folder: Path, source: str, *arguments: str, **environment: str) -> Program:
    (folder / "one_program.py").write_text(source)
    return programs.start("one_program", arguments, environment, folder=folder)


def test_it_has_its_own_arguments_environment_and_session_and_says_how_it_ended(tmp_path: Path) -> None:
    assert start(tmp_path, SAYS, "one", "two", NAME="value").wait(60) == 3
    assert json.loads((tmp_path / "said").read_text()) == {
        "arguments": ["one", "two"],
        "environment": {"NAME": "value"},
        "imported": ["app.api"],
        "is_in_a_session_of_its_own": True,
    }


def test_it_can_be_waited_for_and_killed(tmp_path: Path) -> None:
    program = start(tmp_path, WAITS)
    wait_until((tmp_path / "said").exists, "it did not start")
    assert program.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        program.wait(0)
    program.kill()
    assert program.wait(60) == -signal.SIGKILL == program.poll()
    program.kill()


def test_it_ends_when_no_one_can_ask_for_it_any_more(tmp_path: Path) -> None:
    program = start(tmp_path, WAITS)
    wait_until((tmp_path / "said").exists, "it did not start")
    process = psutil.Process(program.pid)
    del program
    process.wait(60)


def test_what_it_shall_not_say_is_not_heard(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one_program.py").write_text("print('said')")
    assert programs.start("one_program", [], {}, folder=tmp_path, is_heard=False).wait(60) == 0
    assert programs.start("one_program", [], dict(os.environ), folder=tmp_path).wait(60) == 0
    assert capfd.readouterr().out == "said\n"
