"""`/metrics` is there for those who know its token, and for no one where none is set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

TOKEN = "m" * 32


@pytest.fixture
def guarded(app: Flask) -> Iterator[Flask]:
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, metrics_token=TOKEN)
    yield app
    app.config["SETTINGS"] = before


def test_without_a_token_there_is_no_such_page(app: Flask) -> None:
    assert app.test_client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    ("given", "status"),
    [({}, 401), ({"Authorization": "Bearer wrong"}, 401), ({"Authorization": f"Bearer {TOKEN}"}, 200)],
)
def test_the_token_is_asked_for(guarded: Flask, given: dict[str, str], status: int) -> None:
    answer = guarded.test_client().get("/metrics", headers=given)
    assert answer.status_code == status
    assert ("billing_requests_total" in answer.text) is (status == 200)
    assert ("billing_jobs_waiting" in answer.text) is (status == 200)
