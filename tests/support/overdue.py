"""Calls that no one has ended."""

from __future__ import annotations

from datetime import timedelta

from app.billing.wallet import holds, overdue_calls
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from tests.factories import a_payer, usd


def an_overdue(*calls: str) -> Organization:
    """An organization whose calls of these names last unusually long."""
    organization, _ = a_payer(credit="20")
    now = utc_now()
    for call in calls:
        begun = now - timedelta(hours=5)
        holds.reserve(organization.id, call, usd("1"), at=begun, lease=timedelta(hours=6), call=call)
    overdue_calls.name_overdue(organization.id, at=now)
    db.session.commit()
    return organization
