"""The jobs of alerts: a sweep enqueues each once, and digests are written where it's Monday morning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.billing.alerts import digests
from app.extensions import db
from app.models import AlertDelivery, AlertDeliveryState, ChannelKind, Mail
from app.queues import Queue
from tests.support.alerting import a_chat, an_alerted, move, recipients_channel, tell_about, told
from tests.support.platform_receiver import receiving
from tests.support.sandbox import work_through


@pytest.mark.long
def test_a_fall_reaches_a_chat_and_people_through_the_worker(app: Flask) -> None:
    with receiving() as receiver:
        organization, _ = an_alerted()
        a_chat(organization, receiver.url, kind=ChannelKind.WEBHOOK, about=("low",))
        move(organization, "-150", source="fall")
        work_through(app, Queue.ALERTS, Queue.CHAT)
        db.session.rollback()
        assert receiver.types == ["alert.raised"]
        assert told(organization) == [("under 100", "recipients"), ("under 100", "webhook")]


def test_a_sweep_sends_what_a_killed_process_left_behind(app: Flask) -> None:
    with receiving() as receiver:
        organization, _ = an_alerted()
        a_chat(organization, receiver.url, kind=ChannelKind.WEBHOOK, about=("low",))
        move(organization, "-150", source="fall")
        work_through(app, Queue.ALERTS)
        db.session.execute(db.text("DELETE FROM procrastinate_jobs"))
        for one in db.session.scalars(db.select(AlertDelivery)):
            one.next_try_at -= timedelta(minutes=5)
            one.attempts, one.sending_until = 1, one.next_try_at
        db.session.commit()
        enqueue_task("sweep_alerts")
        work_through(app, Queue.SWEEPS)
        work_through(app, Queue.ALERTS, Queue.CHAT)
        db.session.rollback()
        assert receiver.types == ["alert.raised"]
        assert set(db.session.scalars(db.select(AlertDelivery.state))) == {AlertDeliveryState.DELIVERED}


def test_digests_are_written_once_however_often_the_job_runs(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    organization, _ = an_alerted()
    tell_about(organization, recipients_channel(organization), "digest")
    monday = datetime(2026, 11, 23, 9, tzinfo=UTC)
    monkeypatch.setattr("app.jobs.alerts.utc_now", lambda: monday)
    for _ in range(2):
        enqueue_task("write_digests")
        work_through(app, Queue.ALERTS)
    db.session.rollback()
    assert digests.find_due(monday) == [organization.id]
    assert len(db.session.scalars(db.select(Mail).filter_by(kind="weekly_digest")).all()) == 1


def enqueue_task(task: str) -> None:
    from app.extensions import enqueue

    enqueue(task)
    db.session.commit()
