"""The script that restores: what it refuses, what it asks of pgBackRest, and that it loses no write-ahead log."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config import ROOT
from dev.account import Account

SCRIPT = ROOT / "deploy" / "backup" / "restore.sh"
SEGMENT = "00000001000000000000000A"
PGBACKREST = """#!/bin/bash
printf '%s\\n' "$@" >"$PGDATA/../asked"
rm -rf "$PGDATA"; mkdir -p "$PGDATA/pg_wal"
"""
"""What it does to the folder: everything that isn't in the backup is gone."""


class Machine:
    """A database's machine, with a PostgreSQL that runs or has ended."""

    def __init__(self, folder: Path, *, runs: bool = False) -> None:
        self.home, self.account = folder / "postgresql", Account.for_postgres()
        self.data, programs = self.home / "main", self.home / "bin"
        for made in (self.data / "pg_wal", programs):
            made.mkdir(parents=True)
        (self.data / "pg_wal" / SEGMENT).write_text("the last commits")
        for name, text in (("pgbackrest", PGBACKREST), ("pg_ctl", f"#!/bin/sh\nexit {0 if runs else 3}\n")):
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        self.account.own(self.home)
        self.environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PGDATA": str(self.data),
            "PG_BIN": str(programs),
        }

    def restore(self, *arguments: str) -> str:
        """Run the script as the account of PostgreSQL; what it said, after its exit code."""
        done = subprocess.run(
            ["bash", "-s", "--", *arguments], input=SCRIPT.read_text(), env=self.environment, cwd=self.home,
            capture_output=True, text=True, check=False, **self.account.arguments(),
        )  # fmt: skip
        return f"{done.returncode} {done.stderr}"


TARGET = "2026-11-30 14:05:00+00"
TOMORROW = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d %H:%M:%S}+00"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "Say to which moment"),
        ((TARGET, "now"), "Say to which moment"),
        (("yesterday evening-ish",), "isn't a time"),
        (("2026-11-30 14:05:00",), "has no offset"),
        ((TOMORROW,), "still to come"),
    ],
)
def test_what_is_no_moment_is_refused_and_nothing_changed(
    tmp_path: Path, arguments: tuple[str, ...], why: str
) -> None:
    machine = Machine(tmp_path)
    said = machine.restore(*arguments)
    assert said.startswith("1 ")
    assert why in said
    assert (machine.data / "pg_wal" / SEGMENT).exists()


def test_a_database_that_runs_is_left_alone(tmp_path: Path) -> None:
    machine = Machine(tmp_path, runs=True)
    assert "PostgreSQL runs on" in machine.restore("newest")
    assert not (machine.home / "asked").exists()


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        ("newest", ["--type=default"]),
        (
            "2020-11-30 14:05:00.5+00",
            ["--type=time", "--target=2020-11-30 14:05:00.5+00", "--target-action=promote"],
        ),
    ],
)
def test_it_restores_and_keeps_what_was_not_archived(tmp_path: Path, target: str, asked: list[str]) -> None:
    machine = Machine(tmp_path)
    said = machine.restore(target)
    assert said.startswith("0 "), said
    lines = (machine.home / "asked").read_text().splitlines()
    assert lines == ["--stanza=billing", "--delta", *asked, "restore"]
    assert (machine.data / "pg_wal" / SEGMENT).read_text() == "the last commits"
    assert "flask stripe reconcile" in said
