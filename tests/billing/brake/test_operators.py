"""What operators allow one organization."""

from __future__ import annotations

from flask import Flask

from app.billing import audit
from app.billing.brake import operators
from app.billing.brake.limits import limits_of
from app.extensions import db
from app.models import AuditEvent
from tests.factories import an_organization, usd


def test_it_is_in_the_audit_trail_and_can_be_undone(app: Flask) -> None:
    organization = an_organization()
    before = limits_of(organization)
    operators.allow(organization, audit.OPERATOR, per_hour=9, per_day=90, floor=usd("400"))
    assert operators.allow(organization, audit.OPERATOR, per_hour=None, per_day=None, floor=None) == before
    db.session.commit()
    query = db.select(AuditEvent).filter_by(org_id=organization.id, action="auto_top_up.brake_changed")
    first, second = db.session.scalars(query.order_by(AuditEvent.id))
    assert first.details == {"charges_per_hour": 9, "charges_per_day": 90, "floor": "400.00"}
    assert (second.actor, second.details["floor"]) == ("operator", "25.00")
