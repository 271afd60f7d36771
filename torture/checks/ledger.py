"""The product's own proof of its ledger."""

from __future__ import annotations

from dev.errors import ToolError
from torture.journal import Journal
from torture.system import System


def check(system: System, journal: Journal) -> None:
    """`flask ledger check` finds nothing."""
    try:
        system.flask("ledger", "check")
    except ToolError as error:
        for line in str(error).splitlines()[1:]:
            journal.found("ledger differs", line)
    journal.happened("check: ledger recomputed")
