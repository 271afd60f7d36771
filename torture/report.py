"""The one table: operations by kind, kills by program, findings."""

from __future__ import annotations

from collections import defaultdict

from torture.journal import Journal
from torture.plan import Plan


def show(plan: Plan, journal: Journal) -> None:
    """Print it."""
    outcomes: dict[str, list[str]] = defaultdict(list)
    totals: dict[str, int] = defaultdict(int)
    for (kind, outcome), count in sorted(journal.operations.items()):
        totals[kind] += count
        outcomes[kind].append(f"{outcome} {count:,}")
    width = max([len(kind) for kind in totals] + [len("OPERATION")])
    print(f"\n{'OPERATION':<{width}}  {'COUNT':>7}  OUTCOMES")
    for kind, count in sorted(totals.items()):
        print(f"{kind:<{width}}  {count:>7,}  {', '.join(outcomes[kind])}")
    kills = ", ".join(f"{name} {count}" for name, count in sorted(journal.kills.items())) or "none"
    print(f"\n{journal.done:,} operations, in {journal.seconds:.0f} seconds of trouble.")
    print(f"Killed with SIGKILL and started again: {journal.killed_so_far} ({kills}).")
    print(
        f"The platform waited {journal.longest:.0f} seconds at most until something was done, with all tries."
    )
    for note in journal.notes:
        print(note)
    findings = journal.findings
    if not findings:
        print("Nothing was lost, doubled, crossed or left behind.", flush=True)
        return
    print(f"\n{len(findings)} FINDINGS ({plan.settings})")
    for finding, times in findings:
        print(f"{finding.kind}: {finding.text}" + (f" ({times} times)" if times > 1 else ""))
    print("", end="", flush=True)
