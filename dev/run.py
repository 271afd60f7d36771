"""`make run`: start the whole product with demo data, say where it is, and end all of it on Ctrl-C."""

from __future__ import annotations

import sys

from dev import demo
from dev.data_folder import held
from dev.errors import ToolError
from dev.processes import Ended, Group
from dev.signals import end_on_signals
from dev.welcome import welcome


def main() -> int:
    """Run until asked to end. Returns the exit code: 0 when asked, 1 when something went wrong."""
    end_on_signals()
    try:
        ended = _run()
    except KeyboardInterrupt:
        print("\nEnded. `make run` brings everything back as it was.", flush=True)
        return 0
    except ToolError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    print(f"\n{ended}. Everything else was ended too; what it said is above.", file=sys.stderr, flush=True)
    return 1


def _run() -> Ended | None:
    plan = demo.read_plan()
    with held(plan.data):
        plan = demo.with_free_ports(plan)
        first = plan.embedded_database and not (plan.data / "postgres").exists()
        print(
            "Starting; the demo's three months are made the first time …" if first else "Starting …",
            flush=True,
        )
        group = Group()
        with demo.running(plan, group) as environment:
            if environment.get("APP_ENV", "development") == "development":
                demo.start_calls(group, environment)
            print(welcome(plan), flush=True)
            return group.first_to_end()


if __name__ == "__main__":
    sys.exit(main())
