"""Everything is dated by the database's clock, whatever a process's own says."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog
from flask import Flask
from sqlalchemy import text

from app import clock as clocks
from app.clock import Clock, clock, utc_now, zone_name
from app.extensions import db, enqueue
from app.ids import uuid7
from app.models import Hold, Transfer, UsageEvent, Wallet
from config import ROOT, Settings
from tests.factories import an_organization
from tests.support.metering import a_cloudevent
from tests.support.platform import Platform
from tests.support.web_process import WebProcess, web_process

FORTY_DAYS = timedelta(days=40)
NEAR = timedelta(minutes=5)
"""A machine may be slow; what is looked for is off by days."""


def the_databases_time() -> datetime:
    db.session.rollback()
    now = db.session.scalar(text("SELECT clock_timestamp()"))
    assert isinstance(now, datetime)
    return now


@pytest.mark.long
def test_a_process_whose_clock_is_forty_days_ahead_posts_by_the_databases(
    app: Flask, settings: Settings
) -> None:
    organization = an_organization(credit="50")
    platform = Platform(app, lasts=timedelta(days=10))
    environment = {
        "DATABASE_URL": settings.database_url,
        "STRIPE_API_BASE": settings.stripe_api_base,
        "PYTHONPATH": str(ROOT / "tests" / "support" / "clock_ahead"),
    }
    began = the_databases_time()
    event = a_cloudevent(organization, "now", time=began.isoformat())
    later = a_cloudevent(organization, "later", time=(began + timedelta(days=30)).isoformat())
    hold = {"key": "call-1", "usage": [{"meter": "tokens_in", "quantity": 1000}], "lease_seconds": 60}
    with web_process(environment=environment) as ahead:
        reserved = _post(ahead, platform, f"/organizations/{organization.id}/holds", hold)
        taken = _post(ahead, platform, "/usage", [event, later])
        ready = ahead.get("/readyz")
        told = json.loads(ready.read())
    ended = the_databases_time()
    assert abs(datetime.fromisoformat(reserved["expires_at"]) - began) < NEAR
    assert taken["accepted"] == 1
    assert [one["field"] for one in taken["refused"]] == ["time"], (
        "what is to come is not taken as if it were past"
    )
    dated = {
        "hold": db.session.scalars(db.select(Hold.created_at)).one(),
        "event": db.session.scalars(db.select(UsageEvent.posted_at)).one(),
        "transfer": db.session.scalars(db.select(Transfer.posted_at).order_by(Transfer.seq.desc())).first(),
        "recorded": db.session.scalars(db.select(Transfer.recorded_at).order_by(Transfer.seq.desc())).first(),
        "wallet": db.session.scalars(db.select(Wallet.last_posted_at)).one(),
    }
    assert {name: at for name, at in dated.items() if at is None or not began <= at <= ended} == {}
    assert ready.status == 503
    assert told["clock"].startswith("this process's clock is 3,456,00") and "ahead of" in told["clock"]


def test_what_one_transaction_writes_is_never_later_than_what_the_next_one_calls_now(app: Flask) -> None:
    for _ in range(20):
        written = utc_now()
        assert written <= the_databases_time()
        assert written <= utc_now()


def test_now_goes_on_within_a_transaction_and_is_the_databases(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.session.rollback()
    monkeypatch.setattr(clocks, "process_time", lambda: datetime.now(UTC) + FORTY_DAYS)
    first = utc_now()
    began = db.session.scalar(text("SELECT now()"))
    assert began is not None
    assert began <= first < utc_now()
    assert first - began < NEAR
    assert clock.ahead > timedelta(days=39)
    monkeypatch.undo()
    the_databases_time()
    assert abs(clock.ahead) < NEAR


def test_a_delayed_job_is_due_by_the_databases_clock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("procrastinate.utils.utcnow", lambda: datetime.now(UTC) + FORTY_DAYS)
    enqueue("send_mail", after=timedelta(minutes=1), org_id=str(uuid7()), mail_id=str(uuid7()))
    due = db.session.scalar(text("SELECT scheduled_at FROM procrastinate_jobs"))
    assert due is not None
    assert timedelta() < due - the_databases_time() <= timedelta(minutes=1)
    db.session.rollback()


def test_ids_sort_by_the_databases_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 0.0)
    the_databases_time()
    milliseconds = uuid7().int >> 80
    assert abs(datetime.fromtimestamp(milliseconds / 1000, UTC) - the_databases_time()) < NEAR
    monkeypatch.undo()
    the_databases_time()


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, None), (4, None), (-4, None), (6, "ahead of"), (-86400, "behind")]
)
def test_a_clock_that_is_off_says_so(monkeypatch: pytest.MonkeyPatch, seconds: int, said: str | None) -> None:
    own, now = Clock(), datetime(2026, 11, 28, tzinfo=UTC)
    monkeypatch.setattr(clocks, "process_time", lambda: now + timedelta(seconds=seconds))
    monkeypatch.setattr(clocks, "clock", own)
    with structlog.testing.capture_logs() as lines:
        for _ in range(3):
            own.sync(now)
    assert own.ahead == timedelta(seconds=seconds)
    told = clocks.what_is_off()
    assert (told is None) is (said is None)
    assert said is None or said in (told or "")
    # Once a minute: each transaction learns it again.
    assert [line["event"] for line in lines] == ["clock_is_off"] * (said is not None)


OWN_CLOCK = {
    "app/clock.py",  # the one place that compares it with the database's
    "app/api/limits.py",  # minutes of a limit, counted in the database by each process's own
    "app/payments/signatures.py",  # Stripe's clock against ours, told in words
    "app/web/rate_limits.py",  # tells a client when to come again
    "app/server/",  # measures how long connections last
    "demo/simulator/",  # plays the platform, which has a clock of its own
}
"""Who may ask the process's own clock, and why: it dates nothing that another process reads."""


def test_nothing_else_asks_a_processs_own_clock() -> None:
    asked = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time(_ns)?)\(")
    files = [file for package in ("app", "demo") for file in (ROOT / package).rglob("*.py")]
    found = {str(file.relative_to(ROOT)) for file in files if asked.search(file.read_text())}
    assert {file for file in found if not any(file.startswith(one) for one in OWN_CLOCK)} == set()
    assert {file for file in found if "datetime.now(" in (ROOT / file).read_text()} <= {
        file for file in found if file.startswith("demo/simulator/")
    }


def _post(process: WebProcess, platform: Platform, path: str, body: Any) -> Any:
    many = isinstance(body, list)
    answer = process.ask(
        "POST",
        f"/api/v1{path}",
        json.dumps(body).encode(),
        {
            "Authorization": f"Bearer {platform.text}",
            "Content-Type": "application/cloudevents-batch+json" if many else "application/json",
        },
    )
    said = answer.read()
    assert answer.status == 200, said
    return json.loads(said)


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("America/New_York", "EST"),
        ("Europe/London", "GMT"),
        ("America/Sao_Paulo", "UTC-03"),
        ("Asia/Dubai", "UTC+04"),
        ("Asia/Kathmandu", "UTC+05:45"),
    ],
)
def test_a_zone_without_letters_is_named_by_its_distance_from_utc(zone: str, name: str) -> None:
    assert zone_name(datetime(2026, 11, 24, 9, 5, tzinfo=ZoneInfo(zone))) == name
