"""`--statements`: whether what the product issued while tests ran says for which organization it is.

Each process notes the statements of the product (`tests/support/issued.py`) and leaves them in a folder. The one that
started them reads them with PostgreSQL's parser, half a second for a thousand of them. A statement that reads or
writes a table of organizations without saying for which goes to every shard of a cluster: its function is in
`tests/crossing_statements.toml` with why, or the run fails. So is one that locks rows of several.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from app.database.cluster.tables import KEY, is_distributed
from app.extensions import Base
from config import ROOT
from tests.support import issued

FOLDER = "ISSUED_STATEMENTS"
LIST = ROOT / "tests" / "crossing_statements.toml"
_FOUND = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Whether to look."""
    parser.addoption(
        "--statements", action="store_true", help="look for statements that name no organization"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Watch in this process, and in those that it starts."""
    if not config.option.statements:
        return
    if not hasattr(config, "workerinput"):
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="voice-portal-issued-")
    issued.watch()


@pytest.fixture(scope="session")
def statements_noted(process_name: str) -> Iterator[None]:
    """Leave what this process has noted once it is done."""
    yield
    if FOLDER in os.environ:
        issued.write(Path(os.environ[FOLDER]), process_name)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Read what all have left."""
    if hasattr(session.config, "workerinput") or not session.config.option.statements:
        return
    folder = Path(os.environ.pop(FOLDER))
    try:
        found = find(issued.read(folder), distributed(), allowed())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    session.config.stash[_FOUND] = found
    if found and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what crosses organizations and isn't listed."""
    if found := config.stash.get(_FOUND, []):
        terminalreporter.section("Statements that don't say for which organization they are")
        for line in found:
            terminalreporter.write_line(line)
        terminalreporter.write_line(
            f"Say it (WHERE {KEY} = …), or list the function in {LIST.relative_to(ROOT)}."
        )


def find(statements: Iterator[issued.Issued], tables: frozenset[str], known: Mapping[str, str]) -> list[str]:
    """The statements that don't say it, by functions that aren't listed."""
    # Only the process that reads them needs the parser.
    from tests.support import shard_keys

    found = []
    for statement in statements:
        if statement.by in known:
            continue
        missing = shard_keys.unbound(statement.text, tables) + shard_keys.locks_several(
            statement.text, tables
        )
        if missing:
            found.append(f"{statement.by}: {', '.join(missing)}: {' '.join(statement.text.split())[:200]}")
    return found


def distributed() -> frozenset[str]:
    """The tables that go to shards, from the models."""
    return frozenset(
        name
        for name, table in Base.metadata.tables.items()
        if is_distributed(name, {column.name: bool(column.nullable) for column in table.columns})
    )


def allowed() -> Mapping[str, str]:
    """The functions that may, with why."""
    listed = tomllib.loads(LIST.read_text())
    return {function: each["why"] for each in listed.values() for function in each["functions"]}
