"""A token makes so many requests a minute, over all processes together, and is told how many are left."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.api.limits import Counter
from app.extensions import db
from app.ids import uuid7
from app.models import RateLimitCounter
from app.web import rate_limits
from tests.factories import an_organization
from tests.support.platform import Platform, is_problem
from tests.support.statements import statements

TOKEN = UUID(int=7)
NOON = 1_764_072_000.0


def test_what_is_left_is_told_with_each_answer(platform: Platform) -> None:
    address = f"/organizations/{an_organization().id}/status"
    first, second = platform.get(address), platform.get(address)
    assert first.headers["RateLimit-Policy"] == '"requests";q=6000;w=60'
    assert re.fullmatch(r'"requests";r=5999;t=\d+', first.headers["RateLimit"])
    assert re.fullmatch(r'"requests";r=(5998|5999);t=\d+', second.headers["RateLimit"])


def test_one_too_many_is_told_when_to_come_again(
    app: Flask, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "api_counter", Counter(2))
    monkeypatch.setattr("app.api.limits.time.time", lambda: NOON + 21.5)
    address = f"/organizations/{an_organization().id}/status"
    assert [platform.get(address).status_code for _ in range(2)] == [200, 200]
    answer = platform.get(address)
    assert is_problem(answer, "too-many-requests", 429)
    assert answer.headers["Retry-After"] == "39"
    assert answer.headers["RateLimit"] == '"requests";r=0;t=39'
    assert Platform(app).get(address).status_code == 200


def test_all_processes_together_serve_the_limit(app: Flask) -> None:
    processes = [Counter(1000) for _ in range(3)]
    served = sum(one.take(TOKEN, NOON) is not None for _ in range(500) for one in processes)
    assert served == 1000


def test_a_process_alone_serves_the_whole_limit(app: Flask) -> None:
    counter = Counter(250)
    left = [counter.take(TOKEN, NOON) for _ in range(252)]
    assert left == [*range(249, -1, -1), None, None]


def test_the_next_minute_begins_again(app: Flask) -> None:
    counter = Counter(1)
    assert [counter.take(TOKEN, NOON + seconds) for seconds in (0, 59.9, 60, 61)] == [0, None, 0, None]


def test_a_busy_token_costs_a_write_for_many_requests(app: Flask) -> None:
    counter = Counter(6000)
    with statements() as seen:
        for _ in range(600):
            counter.take(TOKEN, NOON)
    assert len(seen) == 10


def test_old_counters_are_removed(app: Flask) -> None:
    counter = Counter(10)
    counter.take(uuid7(), NOON)
    db.session.execute(RateLimitCounter.__table__.update().values(expires_at=func.now()))
    db.session.commit()
    rate_limits.delete_expired()
    assert db.session.scalar(select(func.count()).select_from(RateLimitCounter)) == 0
