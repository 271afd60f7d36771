"""What changes where alerts go is recorded, and told to the owners once it reaches someone."""

from __future__ import annotations

from flask import Flask

from app.billing.alerts import changes
from app.extensions import db
from app.models import AuditEvent, ChannelKind, Mail
from app.transaction import transaction
from tests.factories import OWNER
from tests.support.alerting import a_listener, an_alerted


def test_a_phone_that_is_not_confirmed_is_recorded_and_not_told(app: Flask, with_gateway: str) -> None:
    organization, owner = an_alerted()
    phone = a_listener(
        organization, owner, "low", kind=ChannelKind.SMS, number="+16175550123", is_confirmed=False
    )
    with transaction():
        changes.record(organization, phone, "removed", OWNER)
    assert db.session.scalars(db.select(Mail).where(Mail.kind == "alert_channel_changed")).all() == []
    newest = db.session.scalars(db.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert newest is not None and newest.action == "alerts.channel_removed"
    assert newest.details == {"kind": "sms", "address": "+1•••0123"}
