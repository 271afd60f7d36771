"""Whatever happens to the files of a month, checking says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app.retention.archive import ArchiveError, check, files
from tests.support.archives import NOVEMBER, archived, two_busy_organizations

Change = Callable[[Path], object]


def lose_a_byte(folder: Path) -> None:
    path = folder / "events-00001.parquet"
    path.write_bytes(path.read_bytes()[:-1])


def flip_a_bit(folder: Path) -> None:
    path = folder / "charges-00001.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def lose_an_event(folder: Path) -> None:
    """With a list that fits again, as someone would write who wants to hide it."""
    arrow = files.parquet()
    path = folder / "events-00001.parquet"
    whole = arrow.parquet.read_table(path)
    costly = whole.column("amount_micro").to_pylist().index(max(whole.column("amount_micro").to_pylist()))
    arrow.parquet.write_table(arrow.concat_tables([whole.slice(0, costly), whole.slice(costly + 1)]), path)
    said = json.loads((folder / files.LIST).read_text())
    for file in said["files"]:
        if file["name"] == path.name:
            file |= {"bytes": path.stat().st_size, "sha256": files.checksum(path), "rows": whole.num_rows - 1}
    (folder / files.LIST).write_text(json.dumps(said))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lose_a_byte, "events-00001.parquet isn't what was written"),
        (flip_a_bit, "charges-00001.parquet isn't what was written"),
        (lambda folder: (folder / "events-00001.parquet").unlink(), "events-00001.parquet is missing"),
        (lambda folder: (folder / "events-00009.parquet").write_text("more"), "isn't in the list"),
        (lose_an_event, "micro-units between its events and the ledger"),
    ],
)
def test_it_is_found(app: Flask, tmp_path: Path, change: Change, said: str) -> None:
    two_busy_organizations()
    archived(tmp_path)
    folder = tmp_path / str(NOVEMBER)
    change(folder)
    problems = check(folder)
    assert [said in problem for problem in problems] == [True]


def test_another_format_is_refused(app: Flask, tmp_path: Path) -> None:
    archived(tmp_path)
    path = tmp_path / str(NOVEMBER) / files.LIST
    path.write_text(path.read_text().replace('"version": 1', '"version": 2'))
    with pytest.raises(ArchiveError, match="format 2"):
        check(path.parent)


def test_a_folder_without_a_month_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no archived month"):
        check(tmp_path)
