"""`POST /webhooks/stripe`: verify the raw body, store the event once, answer at once."""

from __future__ import annotations

import structlog
from flask import Blueprint, current_app, request
from sqlalchemy.dialects.postgresql import insert

from app.extensions import db, enqueue
from app.models import EventState, StripeEvent
from app.models.columns import utc_now
from app.payments import events
from app.payments.events import SignatureError

log = structlog.get_logger("billing.webhooks")
blueprint = Blueprint("webhooks", __name__)


@blueprint.post("/webhooks/stripe")
def receive() -> tuple[dict[str, str], int]:
    """Take an event. Stripe sends it again until it gets a 2xx, which it gets once the event is stored."""
    secrets = current_app.config["SETTINGS"].stripe_webhook_secrets
    try:
        notice = events.verify(request.get_data(), request.headers.get("Stripe-Signature", ""), secrets)
    except SignatureError as error:
        log.warning("webhook_refused", reason=str(error))
        return {"error": f"{error} Check STRIPE_WEBHOOK_SECRET."}, 400
    fresh = insert(StripeEvent).values(
        id=notice.id,
        type=notice.type,
        object_id=notice.object_id,
        created_at=notice.created_at,
        received_at=utc_now(),
        state=EventState.RECEIVED,
    )
    stored = db.session.execute(fresh.on_conflict_do_nothing().returning(StripeEvent.id)).scalar()
    if stored is not None:
        enqueue("handle_stripe_event", event_id=notice.id)
    db.session.commit()
    return {"status": "stored" if stored else "known"}, 200
