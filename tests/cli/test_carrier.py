"""Operators compare a carrier's file with what was reported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.billing.usage import cloudevents
from app.billing.usage.events import Reported
from app.models import Organization
from tests.support.metering import NOW, an_event, on_growth, take


@pytest.fixture
def organization(app: Flask) -> Organization:
    made = on_growth()
    take(an_event(made, "e1", 60, meter="calls_outbound", call="c1"))
    return made


def run(app: Flask, organization: Organization, tmp_path: Path, text: str, *options: str) -> Result:
    file = tmp_path / "carrier.csv"
    file.write_text(text)
    arguments = ["usage", "compare", str(file), "--organization", organization.slug, *options]
    return app.test_cli_runner().invoke(args=arguments)


def listed(*lines: str) -> str:
    return "\n".join(["call,start,seconds,cost", *lines]) + "\n"


C1 = f"c1,{NOW.isoformat()},90,0.01"


def test_differences_are_listed_written_and_applied_once(
    app: Flask, organization: Organization, tmp_path: Path
) -> None:
    text = listed(C1, f"c2\x1b,{NOW.isoformat()},5,0.01")
    out = tmp_path / "proposed.json"
    said = run(app, organization, tmp_path, text, "--out", str(out))
    assert said.exit_code == 1
    assert "Different: c1, 90 s there, 60 s here, line 2" in said.output
    assert "Missing here: c2\ufffd, 5 s, line 3" in said.output
    assert "0 the same, 1 missing here, 0 only here, 1 different, 0 lines not read." in said.output
    [event] = json.loads(out.read_text())
    read = cloudevents.read(0, json.dumps(event).encode())
    assert isinstance(read, Reported)
    assert (read.quantity, read.corrects) == (90, ("platform", "e1"))
    assert "1 recorded, 0 already recorded" in run(app, organization, tmp_path, text, "--apply").output
    assert "0 recorded, 0 already recorded" in run(app, organization, tmp_path, text, "--apply").output
    assert run(app, organization, tmp_path, listed(C1)).exit_code == 0


def test_nothing_is_applied_of_a_file_with_lines_that_were_not_read(
    app: Flask, organization: Organization, tmp_path: Path
) -> None:
    said = run(app, organization, tmp_path, listed(C1, "c2,yesterday,5,1"), "--apply")
    assert said.exit_code == 1
    assert "Line 3 was not read: 'yesterday' is no time" in said.output
    assert "Nothing was applied" in said.output
    assert "1 different" in run(app, organization, tmp_path, listed(C1)).output


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [("a,b\n", (), "no column"), (listed(C1), ("--zone", "Nowhere/City"), "America/New_York")],
)
def test_what_can_not_be_read_is_said(
    app: Flask, organization: Organization, tmp_path: Path, text: str, options: tuple[str, ...], says: str
) -> None:
    assert says in run(app, organization, tmp_path, text, *options).output


def test_another_spelling_of_a_call_is_not_proposed_as_a_second_one(
    app: Flask, organization: Organization, tmp_path: Path
) -> None:
    text = listed(f"C-1,{NOW.isoformat()},60,0.01")
    said = run(app, organization, tmp_path, text, "--meter", "calls_outbound", "--apply")
    assert said.exit_code == 1
    assert "Alike: C-1 there, c1 here, line 2: give them one name." in said.output
    assert "0 missing here, 0 only here, 0 different" in said.output
    assert "0 recorded, 0 already recorded" in said.output
