"""The sheet of all pages: what was looked at, what was found, and what is missing."""

from __future__ import annotations

from tests.browser.every_page.sheet import Sheet


def filled() -> Sheet:
    sheet = Sheet()
    sheet.enter("wallet.show", "light", [])
    sheet.enter("wallet.show", "dark", ["pale", "pale"])
    sheet.enter("account.show", "light", ["pale"])
    return sheet


def test_each_finding_is_told_once_with_where_it_is() -> None:
    assert filled().findings == {"pale": ["wallet.show dark", "account.show light"]}


def test_a_cell_that_was_not_looked_at_is_not_clean() -> None:
    lines = [line.split() for line in filled().draw().splitlines()]
    assert lines[:3] == [["page", "light", "dark"], ["account.show", "1"], ["wallet.show", "ok", "1"]]


def test_a_page_that_no_one_looked_at_is_missing() -> None:
    assert filled().missing(["wallet.show", "overview.show"]) == ["overview.show"]


def test_what_is_found_once_stays_found() -> None:
    sheet = filled()
    sheet.enter("wallet.show", "dark", [])
    assert sheet.cells["wallet.show", "dark"] == ["pale", "pale"]
