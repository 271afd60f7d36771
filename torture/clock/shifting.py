"""Building what shifts the clock of a program, and setting by how much."""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("shift.c")
_NANOSECONDS = struct.Struct("=q")


@dataclass(frozen=True, slots=True)
class Clocks:
    """A clock for each program by its name, in files of a folder that every account may read."""

    folder: Path

    @property
    def library(self) -> Path:
        return self.folder / "shift.so"

    @staticmethod
    def missing() -> str | None:
        """What this machine lacks for it; None where it has all."""
        return None if shutil.which("gcc") else "gcc, which builds torture/clock/shift.c, is not installed"

    def build(self) -> str | None:
        """Compile it; why it can't be, or None."""
        if (missing := self.missing()) is not None:
            return missing
        done = subprocess.run(
            ["gcc", "-O2", "-fPIC", "-shared", "-o", str(self.library), str(SOURCE), "-ldl"],
            capture_output=True,
            text=True,
            check=False,
        )
        return None if done.returncode == 0 else f"gcc can't build torture/clock/shift.c: {done.stderr[:300]}"

    def environment(self, program: str) -> Mapping[str, str]:
        """What the program is to be started with."""
        self.set(program, 0)
        return {"LD_PRELOAD": str(self.library), "CLOCK_SHIFT_FILE": str(self._file(program))}

    def set(self, program: str, seconds: float) -> None:
        """Let its clock be ahead by so many seconds, or behind by as many below zero."""
        file = self._file(program)
        # In place: the program has mapped this very file.
        with file.open("r+b" if file.exists() else "w+b") as opened:
            opened.write(_NANOSECONDS.pack(round(seconds * 1_000_000_000)))
        file.chmod(0o644)

    def _file(self, program: str) -> Path:
        return self.folder / f"clock-{program}"
