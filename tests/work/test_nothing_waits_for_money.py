"""Money is never behind mail, messages to the platform, maintenance, or ten thousand jobs of another kind."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from app.billing.platform import endpoints, messages
from app.clock import utc_now
from app.extensions import db
from app.models import EventState
from app.queues import QUEUE_OF
from config import Settings
from tests.factories import an_organization
from tests.support.events import an_event, row_of, send
from tests.support.platform_receiver import holding, receiving
from tests.support.sandbox import Sandbox
from tests.support.worker import a_worker, running, until, waiting

MANY = 10_000
SLOW = 12
"""More messages than a worker has slots for them."""


def enqueue_many(task: str, arguments: str) -> None:
    """Ten thousand jobs that find nothing to do; `arguments` is SQL for the number `n`."""
    query = f"""
        INSERT INTO procrastinate_jobs (queue_name, task_name, args)
        SELECT :queue, :task, {arguments} FROM generate_series(1, {MANY}) n"""
    db.session.execute(text(query), {"queue": QUEUE_OF[task].value, "task": task})
    db.session.commit()


@pytest.mark.long
def test_while_receivers_are_slow_and_ten_thousand_jobs_wait_an_event_and_a_state_go_through(
    app: Flask, sandbox: Sandbox, settings: Settings
) -> None:
    """One process runs everything: the hardest case."""
    organization = an_organization(credit="10")
    with holding() as slow, receiving() as quick:
        endpoints.add(slow.url)
        db.session.commit()
        for _ in range(SLOW):
            messages.publish(organization.id, "wallet.topped_up", {}, at=utc_now())
            messages.publish(an_organization().id, "wallet.topped_up", {}, at=utc_now())
            an_organization(credit="1")
        endpoints.add(quick.url)
        db.session.commit()
        enqueue_many(
            "send_mail", f"jsonb_build_object('org_id', '{organization.id}', 'mail_id', '{uuid4()}')"
        )
        with a_worker(settings):
            until(lambda: slow.waiting >= 2, "the slow receiver has its messages")
            event = an_event("refund.created", "re_deleted")
            send(app.test_client(), event)
            messages.publish(organization.id, "calling.paused", {}, at=utc_now())
            db.session.commit()
            until(lambda: row_of(event["id"]).state is EventState.IGNORED, "the event is handled")
            until(lambda: "calling.paused" in quick.types, "the state is told where it is taken")
            assert waiting("send_mail") > 0, "ten thousand mails are still waiting"
            assert slow.answered == 0, "the slow receiver has not answered"
            assert running("deliver_to_platform") + running("tell_calling_state") > 0


def test_ten_thousand_events_of_one_organization_do_not_keep_the_leases_waiting(
    app: Flask, sandbox: Sandbox, settings: Settings
) -> None:
    enqueue_many("handle_stripe_event", "jsonb_build_object('event_id', 'evt_' || n, 'customer', 'cus_1')")
    db.session.execute(text("UPDATE procrastinate_jobs SET priority = -least(id, 200)"))
    db.session.commit()
    event = an_event("refund.created", "re_deleted")
    event["data"]["object"]["customer"] = "cus_2"
    with a_worker(settings, "--queues", "money"):
        until(lambda: waiting("handle_stripe_event") < MANY, "it has begun")
        send(app.test_client(), event)
        until(lambda: row_of(event["id"]).state is EventState.IGNORED, "the other's event is handled")
        assert waiting("handle_stripe_event") > 0
