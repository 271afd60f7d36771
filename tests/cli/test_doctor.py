"""`flask doctor`: words for people, JSON for programs, exit codes for scripts; also where nothing else starts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import click
import pytest
from flask import Flask

from app.cli.unable import only_doctor
from app.doctor import CHECKS
from config import ROOT
from environ import SettingsError

AWAY = {
    "APP_ENV": "test",
    "DATABASE_URL": "postgresql+psycopg://billing:s3cret-word@127.0.0.1:9/billing",
    "STRIPE_API_BASE": "http://127.0.0.1:9",
    "PUBLIC_URL": "http://127.0.0.1:9",
    "SMTP_URL": "",
}


@pytest.fixture
def unable() -> Iterator[Flask]:
    """What the `flask` command gets where a setting is wrong."""
    with click.Context(click.Command("flask")):
        yield only_doctor(SettingsError("SECRET_KEY is not set."))


@pytest.mark.parametrize(
    ("only", "code", "status"),
    [
        (["shell"], 0, "ok"),
        (["shell", "database"], 1, "problems"),
        (["shell", "role"], 2, "unknown"),
        (["role", "database"], 1, "problems"),
    ],
)
def test_the_exit_code_says_the_worst_and_json_says_all(
    unable: Flask, only: list[str], code: int, status: str
) -> None:
    words = [word for name in only for word in ("--only", name)]
    done = unable.test_cli_runner().invoke(args=["doctor", "--json", *words], env=AWAY)
    assert done.exit_code == code, done.output
    said = json.loads(done.stdout)
    assert said["status"] == status
    assert {check["name"] for check in said["checks"]} == set(only)
    for check in said["checks"]:
        assert [finding["text"] for finding in check["findings"]]
    assert "s3cret-word" not in done.output


def test_people_read_what_is_wrong_and_what_to_do_next(unable: Flask) -> None:
    done = unable.test_cli_runner().invoke(args=["doctor", "--only", "database"], env=AWAY)
    assert done.exit_code == 1
    first, second, *_, last = done.output.splitlines()
    assert first.startswith("PROBLEM  database  It can't be reached: ")
    assert second.strip().startswith("→ Start PostgreSQL")
    assert last == "Problems: database."


def test_every_other_command_says_why_it_cannot_start(unable: Flask) -> None:
    refused = unable.test_cli_runner().invoke(args=["worker"])
    assert refused.exit_code == 1
    assert "Can't start: SECRET_KEY is not set." in refused.output


def test_a_server_does_not_start_without_its_settings() -> None:
    with pytest.raises(SystemExit, match="Can't start: PORT is wrong"):
        only_doctor(SettingsError("PORT is wrong."))
    with pytest.raises(ZeroDivisionError):
        only_doctor(ZeroDivisionError())


def test_the_document_lists_every_check() -> None:
    section = (ROOT / "docs/operations.md").read_text().split("## flask doctor")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(CHECKS)
