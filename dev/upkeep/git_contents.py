"""Everything that was ever committed: each content once, with the name of a file that had it, and commit messages."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from dev.upkeep.tools import finish

_LOOKED_AT_FOR_BINARY = 8000


def is_complete(repository: Path) -> bool:
    """Whether the whole history is here, and not only the newest commits of a shallow clone."""
    return finish(["git", "rev-parse", "--is-shallow-repository"], repository).stdout.strip() == "false"


def contents(repository: Path) -> Iterator[tuple[str, bytes]]:
    """Each text that any commit of any branch has, with its name; a commit's own text with its id."""
    listed = finish(["git", "rev-list", "--objects", "--all"], repository).stdout
    names = {name: file for name, _, file in (line.partition(" ") for line in listed.splitlines())}
    with subprocess.Popen(
        ["git", "cat-file", "--batch"], cwd=repository, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as reader:
        # It writes while it is still asked, and would wait for someone who reads.
        asking = threading.Thread(target=_ask, args=(_open(reader.stdin), list(names)))
        asking.start()
        answers = _open(reader.stdout)
        while head := answers.readline():
            name, kind, size = head.decode().split()
            content = answers.read(int(size))
            answers.read(1)
            if kind != "tree" and b"\0" not in content[:_LOOKED_AT_FOR_BINARY]:
                yield names[name] or f"commit {name[:12]}", content
        asking.join()


def _open(end: IO[bytes] | None) -> IO[bytes]:
    if end is None:
        raise ValueError("The program was started without this pipe.")
    return end


def _ask(to: IO[bytes], names: list[str]) -> None:
    with to:
        for name in names:
            to.write(name.encode() + b"\n")
