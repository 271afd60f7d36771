"""`flask cluster` on a database without Citus: it says so, and shows what it would do."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.factories import an_organization


def test_the_plan_can_be_read_without_citus(app: Flask) -> None:
    shown = app.test_cli_runner().invoke(args=["cluster", "distribute", "--plan", "--shards", "64"])
    assert shown.exit_code == 0, shown.output
    assert "in the way" not in shown.stdout
    assert "SELECT create_distributed_table('\"wallet\"', 'org_id', shard_count => 64);" in shown.stdout


@pytest.mark.parametrize("command", [["distribute"], ["status"], ["isolate", "harbor-dental"]])
def test_what_needs_it_says_so(app: Flask, command: list[str]) -> None:
    an_organization("Harbor Dental")
    done = app.test_cli_runner().invoke(args=["cluster", *command])
    assert done.exit_code == 1
    assert "hasn't the extension citus" in done.output
