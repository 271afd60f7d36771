"""`make bench`: measure, print one table with the floor and the goal beside each figure, keep it as JSON.

Each run has a file of its own, which `make bench-compare` compares with another.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import (
    documents,
    envelopes,
    filters,
    growth,
    hold_costs,
    holds,
    hot,
    ingest,
    ingest_costs,
    ledger,
    load,
    pages,
    resume,
    sizes,
    slow_people,
    stand_in,
    walls,
    weight,
)
from benchmarks.figures import Figure, keep, table
from dev.errors import ToolError
from dev.signals import end_on_signals
from dev.temporary import temporary_demo

RESULTS = Path(__file__).parent / "results"
SECTIONS: dict[str, Callable[[Mapping[str, str]], Iterator[Figure]]] = {
    "pages": pages.measure,
    "weight": weight.measure,
    "ingest": ingest.measure,
    "ingest-costs": ingest_costs.measure,
    "hot": hot.measure,
    "ledger": ledger.measure,
    "sizes": sizes.measure,
    "documents": documents.measure,
    "holds": holds.measure,
    "hold-costs": hold_costs.measure,
    "walls": walls.measure,
    "resume": resume.measure,
    "envelopes": envelopes.measure,
    "growth": growth.measure,
    "filters": filters.measure,
    "slow-people": slow_people.measure,
    "load": load.measure,
    "stand-in": stand_in.measure,
}


def main(asked: list[str]) -> int:
    """Run the sections asked for, or all. Returns 0 when every goal is met, 1 otherwise."""
    end_on_signals()
    unknown = set(asked) - set(SECTIONS)
    try:
        if unknown:
            raise ToolError(
                f"No section named {', '.join(sorted(unknown))}. There are: {', '.join(SECTIONS)}."
            )
        with temporary_demo() as environment:
            figures = [figure for name in asked or SECTIONS for figure in SECTIONS[name](environment)]
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(table(figures))
    files = RESULTS / f"{datetime.now(UTC):%Y-%m-%dT%H%M%S}.json", RESULTS / "latest.json"
    for file in files:
        keep(figures, file)
    print(f"Kept as {files[0].relative_to(RESULTS.parent.parent)}, for make bench-compare.")
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
