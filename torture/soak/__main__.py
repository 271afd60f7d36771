"""`python -m torture.soak`: 0 where nothing rises, 1 where something does or the run ended early."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from config import ROOT
from dev.errors import ToolError
from dev.signals import end_on_signals
from torture.soak import document, plan, run
from torture.soak.figures import Samples


def main() -> int:
    """Run it as the environment asks, write the page, and say what rises. Returns the exit code."""
    end_on_signals()
    try:
        wanted = plan.read()
        print(f"Soak for {wanted.hours:g} hours, a sample every {wanted.every:g} seconds.", flush=True)
        samples = Samples()
        with tempfile.TemporaryDirectory(prefix="voice-portal-soak-") as name:
            folder = Path(name)
            folder.chmod(0o755)  # PostgreSQL may run as another account
            facts = run.soak(wanted, folder, samples)
    except KeyboardInterrupt:
        print("\nEnded before it was over: nothing was written.", flush=True)
        return 1
    except ToolError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    rising = document.write(ROOT / "docs", wanted, facts, samples)
    print("\n".join(rising) or "Nothing rises that shouldn't.", flush=True)
    if facts.ended_by:
        print(f"It ended early: {facts.ended_by}", flush=True)
    print("docs/soak.md has the figures.", flush=True)
    return 1 if rising or facts.ended_by else 0


if __name__ == "__main__":
    sys.exit(main())
