"""Destinations of a high class are opened by an owner, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing.limit_settings import destinations
from app.billing.limit_settings.destinations import UnknownDestinationError
from app.billing.limits import DestinationClosedError
from app.billing.wallet import holds
from app.clock import utc_now
from app.extensions import db
from app.models import AuditEvent
from tests.factories import OWNER, an_organization, usd


def test_opened_it_can_be_called_until_it_is_closed_again(app: Flask) -> None:
    organization, other = an_organization(credit="100"), an_organization(credit="100")
    lease = timedelta(minutes=1)
    assert "SO" in {one.key for one in destinations.list_closed(organization)}
    for _ in range(2):
        destinations.open_destination(organization, "SO", OWNER)
    db.session.commit()
    assert [(one.key, one.by) for one in destinations.list_opened(organization)] == [("SO", OWNER.name)]
    assert "SO" not in {one.key for one in destinations.list_closed(organization)}
    holds.reserve(organization.id, "a", usd("1"), at=utc_now(), lease=lease, to="+25261234567")
    with pytest.raises(DestinationClosedError):
        holds.reserve(other.id, "a", usd("1"), at=utc_now(), lease=lease, to="SO")
    for _ in range(2):
        destinations.close_destination(organization, "SO", OWNER)
    db.session.commit()
    with pytest.raises(DestinationClosedError):
        holds.reserve(organization.id, "b", usd("1"), at=utc_now(), lease=lease, to="SO")
    trail = db.session.query(AuditEvent).filter_by(org_id=organization.id).order_by(AuditEvent.at)
    assert [event.action for event in trail] == ["destination.opened", "destination.closed"]


@pytest.mark.parametrize("key", ["GB", "AE", "nowhere"])
def test_what_needs_no_opening_isnt_opened(app: Flask, key: str) -> None:
    with pytest.raises(UnknownDestinationError):
        destinations.open_destination(an_organization(), key, OWNER)
