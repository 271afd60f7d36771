"""Only `with transaction():` commits, so that anyone who reads a use case sees what is there as a whole."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.demo import ROOT

REASONED = {
    "app/transaction.py": "what `with transaction():` is",
    "app/database/routing.py": "ends what was read from another server, so that what was read is kept",
    "app/database/roles.py": "gives a role its rights, on a connection of its own, before there is an application",
    "app/web/lock_timeouts.py": "sets how long a new connection waits for locks, before it is used",
}
"""Where else something is committed, and why."""


def commits(code: str) -> Iterator[int]:
    """The lines on which something is committed."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute) and node.attr == "commit":
            yield node.lineno


def modules() -> Iterator[Path]:
    return (one for one in (ROOT / "app").rglob("*.py") if "demo" not in one.parts)


@pytest.mark.long
def test_nothing_commits_but_a_transaction() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in modules()
        if str(path.relative_to(ROOT)) not in REASONED
        for line in commits(path.read_text())
    ]
    assert found == [], "Say `with transaction():` (app/transaction.py) around what is there as a whole."


@pytest.mark.parametrize("path", REASONED)
def test_what_commits_for_a_reason_still_does(path: str) -> None:
    assert list(commits((ROOT / path).read_text()))


@pytest.mark.parametrize(
    "code",
    ["db.session.commit()", "session().commit()", "done = connection.commit\ndone()", "s.begin().commit()"],
)
def test_a_commit_is_found_however_it_is_written(code: str) -> None:
    assert list(commits(code))


def test_a_function_of_that_name_is_no_commit() -> None:
    assert not list(commits("def commit() -> None: ...\ncommit()"))
