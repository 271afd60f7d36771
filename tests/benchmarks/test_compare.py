"""Two runs of the benchmarks: only what moved beyond the noise of their rounds is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import compare
from benchmarks.figures import Figure, at_least, at_most, keep, ratio_of


def run(*figures: Figure, file: Path) -> dict[str, Any]:
    keep(figures, file)
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def took(*ratios: float, what: str = "a hold", more_is_better: bool = False) -> Figure:
    return Figure("holds", what, "", "", "", True, ratios, more_is_better)


QUIET = (2.0, 2.1, 2.05, 1.95, 2.02)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (QUIET, None),
        ((2.2, 2.3, 2.25, 2.4, 2.2), False),
        ((1.0, 1.2, 1.1, 1.0, 1.9), True),
        # A third more in the middle, but one round was as quick as before.
        ((2.7, 2.8, 2.05, 2.6, 2.7), None),
        # A single wild round says nothing.
        ((2.0, 2.1, 9.0, 1.95, 2.02), None),
    ],
)
@pytest.mark.parametrize("more_is_better", [False, True])
def test_a_figure_moved_where_its_rounds_are_apart(
    tmp_path: Path, now: tuple[float, ...], expected: bool | None, more_is_better: bool
) -> None:
    old = run(took(*QUIET, more_is_better=more_is_better), file=tmp_path / "old.json")
    new = run(took(*now, more_is_better=more_is_better), file=tmp_path / "new.json")
    found = compare.compare(old, new)
    if expected is None:
        assert (found.moved, found.same) == ([], 1)
    else:
        assert [move.is_better for move in found.moved] == [expected != more_is_better]


def test_a_count_moved_where_it_is_another(tmp_path: Path) -> None:
    old = run(
        at_most("ingest", "rows", 2.1, 3), at_least("ingest", "HOT", 90, 90), file=tmp_path / "old.json"
    )
    new = run(
        at_most("ingest", "rows", 2.2, 3), at_least("ingest", "HOT", 95, 90), file=tmp_path / "new.json"
    )
    assert [(move.what, move.is_better) for move in compare.compare(old, new).moved] == [
        ("rows", False),
        ("HOT", True),
    ]


def test_the_command_says_what_is_worse_first_and_what_came_and_went(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [tmp_path / "old.json", tmp_path / "new.json"]
    run(took(*QUIET), took(3.0, what="gone"), took(1.0, what="status"), file=files[0])
    run(took(4.0, 4.1), took(3.0, what="fresh"), took(0.5, what="status"), file=files[1])
    assert compare.main([str(file) for file in files]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "WORSE   holds: a hold: 2.02 -> 4.05 (+100%)",
        "better  holds: status: 1 -> 0.5 (-50%)",
        "gone    holds: gone",
        "new     holds: fresh",
        "0 figures are within the noise of their rounds, 2 moved.",
    ]
    assert compare.main([str(files[0]), str(files[0])]) == 0
    assert compare.main([str(files[0]), "missing.json"]) == 2


def test_a_ratio_is_the_median_of_those_of_its_rounds() -> None:
    """A round in which the whole machine was slow says as much as the others."""
    figure = ratio_of("holds", "a hold", [2, 20, 2.2], [1, 10, 1], most=2.0, by="by raw psycopg")
    assert (figure.met, figure.rounds) == (True, (2, 2, 2.2))
