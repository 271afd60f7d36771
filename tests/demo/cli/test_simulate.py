"""`flask simulate`: a platform at work, and its count beside the service's."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.models import ApiToken
from tests.support.serving import serving

SHORT = ["--organizations=1", "--lines=2", "--seconds=1", "--speed=900", "--every=0.1", "--seed=5"]


def test_it_plays_and_says_that_both_count_the_same(app: Flask) -> None:
    with serving(app) as address:
        done = app.test_cli_runner().invoke(args=["simulate", f"--url={address}", *SHORT])
    assert done.exit_code == 0, done.output
    heading, row, *_ = done.output[done.output.index("ORGANIZATION") :].splitlines()
    assert heading.split()[-1] == "COUNTS"
    assert row.startswith("Simulated ")
    assert row.endswith(" equal")


@pytest.mark.long
def test_its_token_ends_with_it(app: Flask) -> None:
    with serving(app) as address:
        app.test_cli_runner().invoke(args=["simulate", f"--url={address}", *SHORT])
    assert [token.revoked_at is not None for token in db.session.query(ApiToken)] == [True]


def test_an_organization_that_is_not_there_is_named(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["simulate", "--organization=missing"])
    assert done.exit_code == 1
    assert "missing" in done.output


def test_a_service_that_does_not_answer_is_named(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["simulate", "--url=http://127.0.0.1:9", "--patience=0.1"])
    assert done.exit_code == 1
    assert "http://127.0.0.1:9/api/v1 does not answer" in done.output
    assert "Nothing was compared" in done.output
