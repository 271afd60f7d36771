"""The page of a run names what rises, and nothing that grows by design."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dev.errors import ToolError
from torture.soak import document, plan
from torture.soak.database import Database, Table
from torture.soak.document import Facts
from torture.soak.figures import Samples, base_of
from torture.soak.programs import Taken

MINUTES = 60


def samples(*, leak: float) -> Samples:
    """An hour in which a worker takes so many MiB more each minute, while usage grows."""
    taken = Samples()
    for minute in range(MINUTES):
        rows = 5_000 + 100 * minute
        tables = {
            "usage_event": Table(8_192, 8_192, 0, 0),
            "usage_event_2026_11": Table(rows * 200, rows * 100, rows, minute % 7),
            "finding": Table(8_192, 8_192, 3, 0),
        }
        taken.add(
            minute / 60,
            {"worker": Taken(150 + leak * minute, 0, 20, 4)},
            Database(tables, rows * 500, 12, minute % 2, 0.1, minute % 3, 0),
        )
    return taken


FACTS = Facts(datetime(2026, 11, 30, tzinfo=UTC), 1.0, "A machine", 1_000, 50, None)


@pytest.mark.parametrize("leak", [0.0, 0.5])
def test_a_leak_is_named_and_data_is_not(tmp_path: Path, leak: float) -> None:
    rising = document.write(tmp_path, plan.read({}), FACTS, samples(leak=leak))
    page = (tmp_path / "soak.md").read_text()
    assert [one.split(":")[0] for one in rising] == (["Memory of each program, worker"] if leak else [])
    assert ("Nothing rises" in page) is (not leak)
    assert "| database |" in page
    assert "grows by design" in page
    drawn = {path.name for path in (tmp_path / "soak").iterdir()}
    assert {name for name in drawn if f"soak/{name}" not in page} == set()


def test_a_partition_belongs_to_its_table() -> None:
    names = ["usage_event_2026_11", "usage_event", "limit_2000s", "hold"]
    assert [base_of(name) for name in names] == ["usage_event", "usage_event", "limit_2000s", "hold"]


@pytest.mark.parametrize("text", ["no", "0", "-1", "inf"])
def test_a_setting_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ToolError, match="SOAK_HOURS"):
        plan.read({"SOAK_HOURS": text})
