"""The environment of its own, in which the programs are that look after the rest."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from config import ROOT
from dev.errors import ToolError

FOLDER = ROOT / ".venv" / "upkeep" / "bin"
PRODUCT_PYTHON = ROOT / ".venv" / "bin" / "python"
LONGEST = 600
"""Seconds that a program may take: one that asks for data over a slow network takes a minute or two."""


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of them at the top of the repository. Raises ToolError where it isn't installed, or never ends."""
    path = FOLDER / program
    if not path.exists():
        raise ToolError(f"{program} isn't installed: start it by make, which installs it into .venv/upkeep.")
    return finish([str(path), *arguments])


def finish(command: Sequence[str], folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """What a command wrote and returned. Raises ToolError where it never ends."""
    try:
        return subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ToolError(f"{Path(command[0]).name} didn't end within {LONGEST} seconds.") from error
