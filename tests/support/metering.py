"""Usage as tests report it: to the domain, and as the platform writes it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.billing.usage import ingest
from app.billing.usage.events import Reported
from app.billing.usage.ingest import Receipt
from app.billing.wallet import verification
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from tests.factories import an_organization, at
from tests.support import subscriptions
from tests.support.subscriptions import Period

NOW = at("2026-11-10 12:00")
CALL = "call/1 ?&#ü"
WITH = {"call": CALL, "campaign": "Recall patients", "agent": "Ava", "number": "+1 212 555 0134"}


def on_growth(credit: str = "100", **options: Any) -> Organization:
    organization = an_organization(credit=credit, **options)
    subscriptions.subscribe(organization, "growth", period=Period(date(2026, 11, 1), date(2026, 12, 1)))
    db.session.commit()
    return organization


def an_event(
    organization: Organization | UUID,
    id: str = "e1",
    quantity: int = 60,
    *,
    meter: str = "tokens_out",
    when: datetime = NOW,
    **names: Any,
) -> Reported:
    org_id = organization if isinstance(organization, UUID) else organization.id
    return Reported(0, org_id, "platform", id, meter, quantity, when, **names)


def take(*events: Reported, now: datetime = NOW) -> Receipt:
    numbered = [
        Reported(index, *[getattr(event, name) for name in Reported.__struct_fields__ if name != "index"])
        for index, event in enumerate(events)
    ]
    receipt = ingest.ingest(numbered, at=now)
    db.session.commit()
    assert verification.check() == []
    return receipt


def a_call(organization: Organization, **changes: Any) -> list[Reported]:
    names = WITH | changes
    return [
        an_event(organization, "ring", 90, meter="calls_outbound_international", **names),
        an_event(organization, "sms", 1, meter="sms", **names),
        an_event(organization, "stt", 60, meter="speech_to_text", **names),
        an_event(organization, "tts", 1_000, meter="text_to_speech", **names),
        an_event(organization, "in", 1_000_000, meter="tokens_in", **names),
    ]


def a_cloudevent(organization: Organization | UUID, id: str = "e1", **changes: Any) -> dict[str, Any]:
    org_id = organization if isinstance(organization, UUID) else organization.id
    data = {"organization": str(org_id), "meter": "tokens_out", "quantity": 60} | changes.pop("data", {})
    event = {
        "specversion": "1.0",
        "type": "voice-portal.usage.v1",
        "source": "platform",
        "id": id,
        "time": utc_now().isoformat(),
        "data": data,
    }
    return event | changes
