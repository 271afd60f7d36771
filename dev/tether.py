"""Programs that end when the program that started them is gone, even when that was killed with -9."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Sequence


def tether(command: Sequence[str], ending: signal.Signals) -> list[str]:
    """The command, run so that the kernel sends it `ending` when its parent dies.

    Linux alone can do that (`setpriv`, part of util-linux); elsewhere the command is returned as it is.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return list(command)
    return [setpriv, "--pdeathsig", ending.name.removeprefix("SIG"), "--", *command]
