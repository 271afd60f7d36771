"""`python -m torture.restoring`: 0 where everything came back, 1 where something didn't.

DRILL_SECONDS (8) is how long traffic runs before the backup, after it, and before the end; DRILL_SEED (1).
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from dev.errors import ToolError
from dev.signals import end_on_signals
from torture.restoring import run


def main() -> int:
    """Run it, and print the table. Returns the exit code."""
    end_on_signals()
    try:
        seconds, seed = float(os.environ.get("DRILL_SECONDS") or 8), int(os.environ.get("DRILL_SEED") or 1)
        with tempfile.TemporaryDirectory(prefix="voice-portal-drill-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            folder.chmod(0o755)  # PostgreSQL may run as another account
            outcome = run.drill(folder, seconds=seconds, seed=seed)
    except KeyboardInterrupt:
        print("\nEnded before it was over.", flush=True)
        return 1
    except (ToolError, ValueError) as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    print(outcome.describe(), flush=True)
    return 1 if outcome.findings else 0


if __name__ == "__main__":
    sys.exit(main())
