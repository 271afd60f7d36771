"""Tables in a terminal: columns aligned, and no space at the end of a line."""

from __future__ import annotations

import pytest

from app.cli import table


def test_columns_are_as_wide_as_their_widest_cell(capsys: pytest.CaptureFixture[str]) -> None:
    table.show(["id", "what"], [["1", "a long one"], ["1000", "b"]])
    assert capsys.readouterr().out == "id    what\n1     a long one\n1000  b\n"


@pytest.mark.parametrize("name", ["a\x1b[2Jb", "a\r\nb", "a\x1b]0;title\x07b", "a\u202eb", "a\x9b2Jb"])
def test_what_others_wrote_moves_no_cursor_and_begins_no_line(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    table.show(["name"], [[name]])
    said = capsys.readouterr().out
    assert said.count("\n") == 2
    assert said.replace("\n", "").isprintable()


def test_without_rows_there_are_the_headings(capsys: pytest.CaptureFixture[str]) -> None:
    table.show(["id", "what"], [])
    assert capsys.readouterr().out == "id  what\n"


def test_a_row_that_lacks_a_cell_is_a_defect() -> None:
    with pytest.raises(ValueError, match="zip"):
        table.show(["id", "what"], [["1"]])
