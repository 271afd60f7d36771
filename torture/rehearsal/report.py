"""The table of a rehearsal: requests and failures by phase, with the slowest by name."""

from __future__ import annotations

import platform
from collections import Counter
from statistics import quantiles

from torture.journal import Journal
from torture.rehearsal.traffic import Figures, Phase


def show(figures: Figures, journal: Journal, *, may_fail: bool) -> int:
    """Print it; how many things must not be. Failures count unless they `may` be."""
    width = max([len(phase.name) for phase in figures.phases] + [len("PHASE")])
    print(f"\n{'PHASE':<{width}}  {'REQUESTS':>8}  {'FAILED':>6}  {'MEDIAN':>7}  {'99 %':>7}  SLOWEST")
    for phase in figures.phases:
        half, most = _shape(phase)
        seconds, name = phase.slowest
        print(
            f"{phase.name:<{width}}  {phase.requests:>8,}  {len(phase.failures):>6,}  {half:>7}  {most:>7}  "
            f"{seconds * 1000:,.0f} ms {name}"
        )
    failed = Counter(failure for phase in figures.phases for failure in phase.failures)
    print(f"\n{sum(phase.requests for phase in figures.phases):,} requests, {sum(failed.values()):,} failed.")
    for failure, times in failed.most_common(20):
        print(f"  {times:,} times {failure}")
    for phase in figures.phases:
        if phase.waits:
            print(f"Locks waited for in the database, {phase.name}: {phase.waits}.")
    for note in journal.notes:
        print(note)
    for finding, times in journal.findings:
        print(f"FOUND {finding.kind}: {finding.text}" + (f" ({times} times)" if times > 1 else ""))
    print(f"On {platform.platform()}, {platform.machine()}, Python {platform.python_version()}.", flush=True)
    return len(journal.findings) + (0 if may_fail else sum(failed.values()))


def _shape(phase: Phase) -> tuple[str, str]:
    every = [one for found in phase.seconds.values() for one in found]
    if len(every) < 2:
        return "", ""
    cuts = quantiles(every, n=100)
    return f"{cuts[49] * 1000:,.0f} ms", f"{cuts[98] * 1000:,.0f} ms"
