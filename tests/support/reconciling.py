"""Payments that Stripe has and no event told of, and runs of the comparison that find them."""

from __future__ import annotations

from app.clock import utc_now
from app.extensions import db
from app.models import (
    ReconciliationRun,
)
from tests.support.sandbox import Sandbox
from tests.support.stories import Silence


def skip_events(sandbox: Sandbox, *, but: int = 0) -> None:
    """Let the next run begin to read events after those there are, or after all `but` the newest few."""
    last = sandbox.events()[-1 - but].id
    db.session.add(ReconciliationRun(since=utc_now(), finished_at=utc_now(), last_event_id=last, error="-"))
    db.session.commit()


def charge_by_hand(silence: Silence, sandbox: Sandbox) -> str:
    """Someone charges the organization's card in Stripe's dashboard; the payment intent's id."""
    made = sandbox.stripe.v1.payment_intents.create(
        {
            "amount": 5000,
            "currency": "usd",
            "customer": silence.organization.stripe_customer_id or "",
            "payment_method": silence.card.stripe_id,
            "confirm": True,
            "return_url": "http://localhost/",
        }
    )
    return made.id
