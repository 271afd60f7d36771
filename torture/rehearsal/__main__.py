"""`python -m torture.rehearsal upgrade` or `failover`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from dev.errors import ToolError
from dev.signals import end_on_signals
from torture.journal import Journal
from torture.rehearsal import failover, plan, report, upgrade
from torture.rehearsal.plan import Plan
from torture.rehearsal.traffic import Figures

Rehearsal = Callable[[Plan, Path, Figures], Journal]
REHEARSALS: dict[str, tuple[Rehearsal, bool]] = {
    "upgrade": (upgrade.rehearse, False),
    "failover": (failover.rehearse, True),
}
"""By name, with whether requests may fail meanwhile."""


def main(name: str) -> int:
    """Run it as the environment asks, and print the table. Returns the exit code."""
    end_on_signals()
    rehearse, may_fail = REHEARSALS[name]
    figures = Figures()
    try:
        wanted = plan.read()
        with tempfile.TemporaryDirectory(prefix="voice-portal-rehearsal-") as temporary:
            folder = Path(temporary)
            folder.chmod(0o755)  # PostgreSQL may run as another account
            try:
                journal = rehearse(wanted, folder, figures)
            except BaseException:
                _keep_logs(folder)
                raise
            bad = report.show(figures, journal, may_fail=may_fail)
            if bad:
                _keep_logs(folder)
    except ToolError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    return 1 if bad else 0


def _keep_logs(folder: Path) -> None:
    """Logs of a run that found something outlive it."""
    kept = Path(tempfile.mkdtemp(prefix="voice-portal-rehearsal-logs-"))
    for log in folder.glob("*.log"):
        shutil.copy(log, kept)
    print(f"What the programs said is in {kept}.", flush=True)


if __name__ == "__main__":
    if sys.argv[1:] not in ([name] for name in REHEARSALS):
        sys.exit(f"Say which: {' or '.join(REHEARSALS)}.")
    sys.exit(main(sys.argv[1]))
