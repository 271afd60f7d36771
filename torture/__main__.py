"""`python -m torture`: the whole of it, bounded by time; 0 where nothing was found, 1 where something was."""

from __future__ import annotations

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
    print(f"Torture for {wanted.seconds} seconds with TORTURE_SEED={wanted.seed}.", flush=True)
    try:
        with tempfile.TemporaryDirectory(prefix="voice-portal-torture-") as name:
            folder = Path(name)
            folder.chmod(0o755)  # PostgreSQL may run as another account
            journal = run.torture(wanted, folder)
    except KeyboardInterrupt:
        print("\nEnded before it was over: nothing was compared.", flush=True)
        return 1
    except ToolError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    report.show(wanted, journal)
    return 1 if journal.findings else 0


if __name__ == "__main__":
    sys.exit(main())
