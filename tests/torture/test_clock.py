"""A program's own time of day: it jumps while the program runs, and nothing that waits is held up by it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from torture.clock.shifting import Clocks

PROGRAM = """
import sys, threading, time
from datetime import datetime
for line in sys.stdin:
    before = time.monotonic()
    threading.Event().wait(0.01)
    print(int(time.time()), int(datetime.now().timestamp()), time.monotonic() - before < 60, flush=True)
"""


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "gcc" in str(Clocks(tmp_path).build())


def test_the_clock_of_a_running_program_jumps_there_and_back(tmp_path: Path) -> None:
    clocks = Clocks(tmp_path)
    if clocks.missing() is not None:
        return  # the torture leaves clocks alone there, and says so
    assert clocks.build() is None
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **clocks.environment("web")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        times = []
        for seconds in (0, 7_200, -7_200):
            clocks.set("web", seconds)
            print("when", file=program.stdin, flush=True)
            times.append([eval(one) for one in program.stdout.readline().split()])
        program.stdin.close()
    (now, _, _), ahead, behind = times
    assert [abs(one - now - 7_200) < 60 for one in ahead[:2]] == [True, True]
    assert [abs(one - now + 7_200) < 60 for one in behind[:2]] == [True, True]
    assert [one[2] for one in times] == [True] * 3
