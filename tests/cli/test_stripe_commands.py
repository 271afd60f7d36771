"""`flask stripe`: comparing on demand, with an exit code that scripts can use."""

from __future__ import annotations

import re

import pytest
from click.testing import Result
from flask import Flask

from tests.support.money import balance
from tests.support.sandbox import Sandbox
from tests.support.stories import Silence


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["stripe", *words])


def test_what_was_fixed_is_printed_and_nothing_is_left(app: Flask, sandbox: Sandbox) -> None:
    silence = Silence(sandbox)
    payment = silence.charge("50")
    done = run(app, "reconcile", "--since", "7d")
    assert done.exit_code == 0, done.output
    assert re.search(rf"Fixed: .*{payment.id}", done.output)
    assert "1 payment, " in done.output
    assert "No open findings." in done.output
    assert balance(silence.organization) == "50.00"


def test_findings_and_an_unfinished_run_have_exit_codes_of_their_own(app: Flask, sandbox: Sandbox) -> None:
    silence = Silence(sandbox)
    silence.charge("50")
    assert run(app, "reconcile").exit_code == 0
    sandbox.control.reset()
    found = run(app, "reconcile")
    assert found.exit_code == 1
    assert "Finding: Top-up" in found.output
    assert "1 open finding." in found.output

    sandbox.fail("GET /v1/events", "429")
    stopped = run(app, "reconcile")
    assert stopped.exit_code == 2
    assert "Not finished: Stripe did nothing for now (RateLimitError)." in stopped.output
    assert run(app, "last-run").output == stopped.output
    assert run(app, "last-run").exit_code == 2


def test_before_the_first_run_there_is_nothing_to_show(app: Flask) -> None:
    assert "No reconciliation yet" in run(app, "last-run").output


@pytest.mark.parametrize("since", ["2026-11-01", "7d", "12h"])
def test_days_and_times_ago_are_understood(app: Flask, sandbox: Sandbox, since: str) -> None:
    assert run(app, "reconcile", "--since", since).exit_code == 0


@pytest.mark.parametrize("since", ["yesterday", "7", "2026-13-01", "2999-01-01", "-7d", ""])
def test_others_are_refused_in_words(app: Flask, since: str) -> None:
    refused = run(app, "reconcile", "--since", since)
    assert refused.exit_code == 2
    assert "neither a date like 2026-11-01" in refused.output or "is in the future" in refused.output
