"""An event that has just arrived and isn't handled, and the time that passes for it."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import text, update

from app.billing import topups
from app.clock import utc_now
from app.extensions import db, enqueue
from app.models import StripeEvent, TopUpStatus
from app.payments import charging
from tests.factories import OWNER, a_payer, usd
from tests.support.events import an_event, row_of, send
from tests.support.sandbox import work_through

FETCH = "GET /v1/payment_intents/*"
"""What handling a story's event asks Stripe for."""


class Story:
    """A top-up that Stripe was paid for; the only news of it is an event that has just arrived."""

    def __init__(self, app: Flask) -> None:
        self.organization, card = a_payer()
        top_up = topups.begin(self.organization, usd("50"), card.id, OWNER)
        top_up.status, top_up.attempt, top_up.claimed_at = TopUpStatus.PAYING, 1, utc_now()
        db.session.commit()
        self.top_up = top_up
        customer = self.organization.stripe_customer_id or ""
        self.payment = charging.charge(
            topups.requests.charge_request(self.organization, top_up, card, customer)
        )
        event = an_event(object_id=self.payment.id)
        assert send(app.test_client(), event).status_code == 200
        self.event_id: str = event["id"]

    @property
    def row(self) -> StripeEvent:
        return row_of(self.event_id)


def let_pass(event_id: str, time_: timedelta = timedelta(days=1), **values: object) -> None:
    """Let an event's next try be due for so long that its own job must be lost."""
    db.session.rollback()
    earlier = update(StripeEvent).where(StripeEvent.id == event_id)
    db.session.execute(earlier.values(next_try_at=StripeEvent.next_try_at - time_, **values))
    db.session.commit()


def sweep(app: Flask) -> None:
    """What the worker does each minute."""
    enqueue("sweep", timestamp=0)
    db.session.commit()
    work_through(app)


def forget_jobs() -> None:
    """Let the event's own job be lost, also the one that the killed worker was at."""
    db.session.execute(text("DELETE FROM procrastinate_jobs"))
    db.session.commit()


def planned() -> list[float]:
    """In how many seconds the jobs that wait for their time are due."""
    db.session.rollback()
    query = "SELECT extract(epoch FROM scheduled_at - now()) FROM procrastinate_jobs WHERE status = 'todo'"
    return sorted(float(row[0] or 0) for row in db.session.execute(text(query)))
