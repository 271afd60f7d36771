"""Lighthouse as installed by its lock file into `.venv/lighthouse`, and running in a browser."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.demo import ROOT
from dev.errors import ToolError
from dev.lighthouse.scores import Run

HERE = Path(__file__).parent
INSTALLED = ROOT / ".venv" / "lighthouse"
_FILES = ("package.json", "package-lock.json", "run.mjs")
# What is in the lock file, as it is there: no script of a package runs.
_INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def install() -> None:
    """Install what the lock file says, unless it is there already. Raises `ToolError` without node or npm."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise ToolError("Lighthouse needs node and npm: `apt-get install nodejs npm`.")
    INSTALLED.mkdir(parents=True, exist_ok=True)
    lock = INSTALLED / "package-lock.json"
    is_there = lock.exists() and lock.read_bytes() == (HERE / lock.name).read_bytes()
    for name in _FILES:
        if name != lock.name:
            shutil.copy(HERE / name, INSTALLED / name)
    if is_there and (INSTALLED / "node_modules" / "lighthouse").is_dir():
        return
    shutil.copy(HERE / lock.name, lock)
    done = subprocess.run(_INSTALL, cwd=INSTALLED, capture_output=True, text=True, check=False)
    if done.returncode:
        lock.unlink()
        raise ToolError(f"`npm ci` failed:\n{done.stderr.strip()}")


class Lighthouse:
    """A running program that takes one address after the other."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, address: str) -> Run:
        """Measure a page. Raises `ToolError` where the program has ended."""
        asked, answers = self._process.stdin, self._process.stdout
        if asked is None or answers is None or self._process.poll() is not None:
            raise ToolError("Lighthouse has ended.")
        asked.write(f"{address}\n")
        asked.flush()
        line = answers.readline()
        if not line:
            raise ToolError("Lighthouse has ended.")
        answer = json.loads(line)
        if answer["problem"] is None and _path(answer["shown"]) != _path(address):
            answer["problem"] = f"leads to {answer['shown']}"
        return Run.read(answer)


@contextmanager
def running(port: int, form: str) -> Iterator[Lighthouse]:
    """Lighthouse in the browser at this debugging port, as on a `desktop` or a `mobile` device."""
    process = subprocess.Popen(
        ["node", "run.mjs", str(port), form],
        cwd=INSTALLED,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield Lighthouse(process)
    finally:
        process.terminate()
        process.wait(30)


def _path(address: str) -> str:
    return address.partition("?")[0].partition("#")[0]
