"""The version before: its code as it was, from the history of this repository."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

from config import ROOT
from dev.errors import ToolError

MIGRATIONS = Path("migrations/versions")


def newest(count: int, root: Path = ROOT) -> list[str]:
    """The revisions of the newest `count` migrations, the oldest first."""
    return sorted(path.name[:4] for path in (root / MIGRATIONS).glob("[0-9]*.py"))[-count:]


def before(revision: str) -> str:
    """The last commit that doesn't have a migration. Raises `ToolError` without the history that has it."""
    path = next((ROOT / MIGRATIONS).glob(f"{revision}_*.py")).relative_to(ROOT)
    added = _git("log", "--diff-filter=A", "--format=%H", "--", str(path)).decode().split()
    if not added:
        raise ToolError(f"This history doesn't say when {path} came. Fetch all of it: git fetch --unshallow")
    return _git("rev-parse", f"{added[-1]}^").decode().strip()


def unpack(commit: str, folder: Path) -> Path:
    """The code of a commit in a new folder. Raises `ToolError` where there is none of that name."""
    with tarfile.open(fileobj=io.BytesIO(_git("archive", "--format=tar", commit))) as archive:
        archive.extractall(folder, filter="data")
    return folder


def _git(*arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        raise ToolError(f"`git {' '.join(arguments)}` failed: {done.stderr.decode().strip()}")
    return done.stdout
