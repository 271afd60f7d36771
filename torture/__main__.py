"""`python -m torture`: the whole of it, bounded by time; 0 where nothing was found, 1 where something was."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from dev.errors import ToolError
from dev.signals import end_on_signals
from torture import plan, report, run


def main() -> int:
    """Run it as the environment asks, and print the table. Returns the exit code."""
    end_on_signals()
    wanted = plan.read()
    print(f"Torture with {wanted.settings}.", flush=True)
    try:
        with tempfile.TemporaryDirectory(prefix="voice-portal-torture-") as name:
            folder = Path(name)
            folder.chmod(0o755)  # PostgreSQL may run as another account
            journal = run.torture(wanted, folder)
            logs = _keep_logs(folder) if journal.findings else None
    except KeyboardInterrupt:
        print("\nEnded before it was over: nothing was compared.", flush=True)
        return 1
    except ToolError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    report.show(wanted, journal)
    if logs is not None:
        print(f"What the programs said meanwhile is in {logs}.", flush=True)
    return 1 if journal.findings else 0


def _keep_logs(folder: Path) -> Path:
    """Logs of a run that found something outlive it."""
    kept = Path(tempfile.mkdtemp(prefix="voice-portal-torture-logs-"))
    for log in folder.glob("*.log"):
        shutil.copy(log, kept)
    return kept


if __name__ == "__main__":
    sys.exit(main())
