"""The drill says what it lacks, where Debian's packages aren't installed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dev.errors import ToolError
from torture.restoring import vault


def installed(folder: Path, *versions: str) -> Path:
    for version in versions:
        programs = folder / version / "bin"
        programs.mkdir(parents=True)
        (programs / "postgres").touch()
    return folder


def test_the_newest_of_several_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "INSTALLED", installed(tmp_path, "9", "15", "13"))
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/pgbackrest")
    assert vault.newest_installed() == tmp_path / "15" / "bin"


@pytest.mark.parametrize(("versions", "program"), [((), "/usr/bin/pgbackrest"), (("15",), None)])
def test_what_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, versions: tuple[str, ...], program: str | None
) -> None:
    monkeypatch.setattr(vault, "INSTALLED", installed(tmp_path, *versions))
    monkeypatch.setattr(shutil, "which", lambda _: program)
    with pytest.raises(ToolError, match="apt-get install postgresql pgbackrest"):
        vault.newest_installed()
