"""The demo's alerts in chat, on phones and to webhooks, as they were sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from app.billing.alerts import deliveries
from app.extensions import db
from app.models import AlertDeliveryState, Organization
from app.notify.notes import Note


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message: what it says, and the body that was sent."""

    organization: str
    channel: str
    created_at: datetime
    note: Note
    body: str
    label: str
    tone: str


def newest(limit: int) -> list[MessageView]:
    """The newest messages of all organizations."""
    labels = {
        AlertDeliveryState.WAITING: ("Waiting", "warn"),
        AlertDeliveryState.DELIVERED: ("Delivered", "good"),
        AlertDeliveryState.FAILED: ("Failed", "bad"),
    }
    found = []
    for delivery, channel in deliveries.newest(limit):
        label, tone = labels[delivery.state]
        note, body = deliveries.preview(channel, delivery)
        found.append(
            MessageView(
                organization=db.session.get_one(Organization, delivery.org_id).name,
                channel=deliveries.name_of(channel),
                created_at=delivery.created_at,
                note=note,
                body=json.dumps(json.loads(body), indent=2, ensure_ascii=False),
                label=label,
                tone=tone,
            )
        )
    return found
