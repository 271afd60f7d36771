"""A link in each email stops it, for its own channel only."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.alerts import stopping
from app.billing.alerts.stopping import StopLinkError
from app.extensions import db
from app.models import AlertChannel, AuditEvent
from app.transaction import transaction
from tests.support.alerting import a_listener, a_member, an_alerted, to


def test_a_link_stops_its_emails_once(app: Flask) -> None:
    organization, _ = an_alerted()
    member = a_member(organization)
    channel = a_listener(organization, member, "low", "paused")
    to(organization, "50", source="fall")
    path = stopping.path_of(channel)
    org_id, channel_id = stopping.read(path.rpartition("/")[2])
    assert (org_id, channel_id) == (organization.id, channel.id)
    with transaction():
        stopping.stop(org_id, channel_id, address="192.0.2.7")
    assert db.session.get(AlertChannel, (org_id, channel_id)) is None
    entry = db.session.scalars(db.select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.actor, entry.address) == ("alerts.unsubscribed", member.email, "192.0.2.7")
    with pytest.raises(StopLinkError), transaction():
        stopping.stop(org_id, channel_id, address=None)


@pytest.mark.parametrize("token", ["", "x", "WyJ4Il0.aaaa.bbbb"])
def test_a_link_that_we_did_not_sign_stops_nothing(app: Flask, token: str) -> None:
    with pytest.raises(StopLinkError):
        stopping.read(token)
