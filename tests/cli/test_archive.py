"""`flask archive`: what operators see."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

from flask import Flask

from app.clock import utc_now
from app.months import Month
from app.retention.archive import EVENT_COLUMNS
from tests.support.archives import archived, two_busy_organizations


def test_a_month_is_archived_checked_and_read(app: Flask, tmp_path: Path) -> None:
    first, _ = two_busy_organizations()
    run = app.test_cli_runner().invoke
    archived(tmp_path)

    checked = run(args=["archive", "check", "--month", "2026-11", "--from", str(tmp_path)])
    assert (checked.exit_code, checked.stdout) == (0, "2026-11: OK.\n")

    target = tmp_path / "events.csv"
    shown = run(
        args=["archive", "show", "--from", str(tmp_path), "--organization", first.slug, "--day", "2026-11-20",
              "--csv", str(target)]
    )  # fmt: skip
    assert shown.exit_code == 0, shown.output
    assert "for 7 events, their sum" in shown.stdout
    assert "Included in the plan: 1 events" in shown.stdout
    assert "BUT" not in shown.stdout
    with target.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9
    assert set(rows[0]) == {"day", "line", *EVENT_COLUMNS}

    nothing = run(
        args=[
            "archive",
            "show",
            "--from",
            str(tmp_path),
            "--organization",
            str(first.id),
            "--day",
            "2026-11-15",
        ]
    )
    assert nothing.stdout == "Nothing was charged on 2026-11-15.\n"


def test_the_month_before_the_last_is_over_and_can_be_archived(app: Flask, tmp_path: Path) -> None:
    month = str(Month.of((utc_now() - timedelta(days=62)).date()))
    made = app.test_cli_runner().invoke(args=["archive", "usage", "--month", month, "--to", str(tmp_path)])
    assert made.exit_code == 0, made.output
    assert "0 events of 0 organizations" in made.stdout


def test_what_cant_be_done_is_said(app: Flask, tmp_path: Path) -> None:
    run = app.test_cli_runner().invoke
    for args, said in [
        (["check", "--month", "2026-11", "--from", str(tmp_path)], "no archived month"),
        (["usage", "--month", "9998-12", "--to", str(tmp_path)], "isn't over"),
        (["usage", "--month", "November", "--to", str(tmp_path)], "written like 2026-10"),
        (
            ["show", "--from", str(tmp_path), "--organization", "unknown-clinic", "--day", "2026-11-20"],
            "no organization",
        ),
    ]:
        done = run(args=["archive", *args])
        assert done.exit_code != 0
        assert said in done.output
