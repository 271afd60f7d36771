"""The table that `make keyboard` prints."""

from __future__ import annotations

from types import SimpleNamespace

from tests.browser.keyboard import table


def report(task: str, column: str, keys: int | None, most: int = 6) -> SimpleNamespace:
    found = [("task", task), ("most", most), ("column", column)]
    return SimpleNamespace(user_properties=found + ([("keys", keys)] if keys is not None else []))


def test_a_row_for_each_task_and_a_column_for_each_place_and_browser() -> None:
    reports = {
        "passed": [report("Top up", "chromium", 4), report("Sign in", "chromium", 47, most=80)],
        "failed": [report("Top up", "firefox", 9), report("Sign in", "firefox", None, most=80)],
    }
    assert list(table.lines(reports)) == [
        "",
        "keys     most  chromium  firefox",
        "Top up      6         4       9!",
        "Sign in    80        47   failed",
    ]


def test_what_is_not_done_somewhere_says_so() -> None:
    passed = [
        report("Top up", "chromium", 4),
        report("Top up", "firefox", 4),
        report("Sign out", "chromium", 4),
    ]
    assert list(table.lines({"passed": passed}))[-1].split()[-1] == table.NOT_DONE


def test_other_runs_print_none() -> None:
    assert list(table.lines({"passed": [SimpleNamespace(user_properties=[]), SimpleNamespace()]})) == []
