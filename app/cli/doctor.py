"""`flask doctor`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import click

from app import doctor as doctors
from app.doctor import CHECKS, Installation, Report, Status

_MARKS = {Status.OK: "ok", Status.PROBLEM: "PROBLEM", Status.UNKNOWN: "unknown"}
_WORDS = {Status.OK: "ok", Status.PROBLEM: "problems", Status.UNKNOWN: "unknown"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(list(CHECKS)),
    help="Only this check; may be given several times.",
)
@click.option(
    "--seconds",
    default=10,
    show_default=True,
    type=click.IntRange(1, 300),
    help="How long all checks may take together.",
)
def doctor(as_json: bool, only: Sequence[str], seconds: int) -> None:
    """Look at this installation, and say what is wrong and what to do next. Changes nothing.

    Exits with 0 if all is well, with 1 if there are problems, and with 2 if there are none but something could not be
    found out. It also runs where the settings keep everything else from starting.
    """
    reports = doctors.examine(Installation.from_environment(seconds=seconds), only)
    click.echo(_as_json(reports) if as_json else _as_text(reports))
    sys.exit(doctors.exit_code(reports))


def _as_json(reports: Sequence[Report]) -> str:
    checks = [
        {
            "name": report.name,
            "status": report.status.value,
            "findings": [
                {"status": one.status.value, "text": one.text, "to_do": one.to_do} for one in report.findings
            ],
        }
        for report in reports
    ]
    return json.dumps({"status": _summary(reports), "checks": checks}, indent=2)


def _as_text(reports: Sequence[Report]) -> str:
    width = max((len(report.name) for report in reports), default=0)
    lines: list[str] = []
    for report in reports:
        for one in report.findings:
            lines.append(f"{_MARKS[one.status]:<8} {report.name:<{width}}  {one.text}")
            if one.to_do:
                lines.append(f"{'':<8} {'':<{width}}  → {one.to_do}")
    bad = [report.name for report in reports if report.status is Status.PROBLEM]
    unclear = [report.name for report in reports if report.status is Status.UNKNOWN]
    lines.append("")
    if bad:
        lines.append(f"Problems: {', '.join(bad)}.")
    if unclear:
        lines.append(f"Could not be found out: {', '.join(unclear)}.")
    if not bad and not unclear:
        lines.append("All is well.")
    return "\n".join(lines)


def _summary(reports: Sequence[Report]) -> str:
    return _WORDS[doctors.findings.worst(report.status for report in reports)]
