"""What a run has shown: `docs/soak.md`, with a chart for each kind of figure beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from torture.soak import drawing
from torture.soak.figures import KINDS, Kind, Samples
from torture.soak.plan import Plan
from torture.soak.trends import Trend, trend_of

_HEAD = """# Soak

Does anything grow that shouldn't, while nothing is wrong? `make soak` runs the whole system at a steady pace
(`SOAK_HOURS=8`), writes down every minute what each program and the database take, and writes this page and its
charts. `SOAK_LINES`, `SOAK_SPEED` and `SOAK_BETWEEN` set the pace. Before the first sample everyone is on the pages
at the same time (`SOAK_WARM_UP_SECONDS=180`).

A figure is **rising** where the line through its samples surely rises (by more than three standard errors), and by
more than 1% of its mean in an hour; the first quarter of a run doesn't count. Whatever falls or moves about is flat.
What is kept for good grows by design: it is here so that bytes for each row can be compared with it. A short run
can only find what grows fast, and calls rising what has an end: threads start as they are needed, up to the sizes of
their pools, and PostgreSQL's processes keep files open up to `max_files_per_process`. A web process takes some
110 MiB when it starts and some 175 MiB once every page was seen: compiled statements (750 at most), templates,
formats of dates and amounts, and what malloc keeps for each thread.
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of a run besides its samples. `ended_by` is why it ended early, if it did."""

    began: datetime
    hours: float
    machine: str
    calls: int
    requests: int
    ended_by: str | None


def write(folder: Path, plan: Plan, facts: Facts, samples: Samples) -> list[str]:
    """Write page and charts into `folder`; returns the figures that rise, in words."""
    charts = folder / "soak"
    charts.mkdir(parents=True, exist_ok=True)
    rising: list[str] = []
    body: list[str] = []
    for kind in KINDS:
        lines = samples.of.get(kind)
        if not lines:
            continue
        (charts / f"{kind.name}.svg").write_text(drawing.draw(kind.title, kind.unit, lines))
        rows, found = _table(kind, lines)
        rising += found
        if rows:
            body += [f"## {kind.title}", "", f"![{kind.title}](soak/{kind.name}.svg)", "", *rows, ""]
    said = _said(plan, facts, rising)
    (folder / "soak.md").write_text("\n".join([_HEAD, *said, "", *body]).rstrip() + "\n")
    return rising


def _table(kind: Kind, lines: dict[str, list[tuple[float, float]]]) -> tuple[list[str], list[str]]:
    rows, rising = [], []
    for name, points in lines.items():
        try:
            trend = trend_of(points)
        except ValueError:
            continue
        verdict = "grows by design" if kind.grows else "**rising**" if trend.is_rising else "flat"
        if trend.is_rising and not kind.grows:
            rising.append(f"{kind.title}, {name}: {trend.slope:+.3g} {kind.unit} an hour")
        rows.append(_row(name, trend, verdict))
    if rows:
        head = f"| {kind.unit} | first | last | mean | highest | slope per hour | standard error | |"
        rows = [head, "|---|--:|--:|--:|--:|--:|--:|---|", *rows]
    return rows, rising


def _row(name: str, trend: Trend, verdict: str) -> str:
    values = (trend.first, trend.last, trend.mean, trend.highest)
    shown = " | ".join(f"{value:,.1f}" if value < 1_000 else f"{value:,.0f}" for value in values)
    return f"| {name} | {shown} | {trend.slope:+.3g} | {trend.error:.2g} | {verdict} |"


def _said(plan: Plan, facts: Facts, rising: list[str]) -> list[str]:
    duration = f"{facts.hours:.1f} hours" if facts.hours >= 1 else f"{facts.hours * 60:.0f} minutes"
    pace = f"Pace: {plan.lines} lines of each organization, a call {plan.speed:g} times as fast as in life"
    lines = [
        "## The newest run",
        "",
        f"{facts.began:%d %B %Y}, {duration}. {facts.machine}.",
        f"{pace}: {facts.calls:,} calls, and owners did {facts.requests:,} things on their pages.",
        "",
    ]
    if facts.ended_by:
        lines += [f"It ended early: {facts.ended_by}", ""]
    if not rising:
        return [*lines, "Nothing rises that shouldn't."]
    return [*lines, f"Of what should be flat, {len(rising)} rise:", "", *(f"- {one}" for one in rising)]
