"""What the sweep finds: tries that are due, and falls whose job was lost."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.auto_top_ups import recovery, settings
from app.clock import utc_now
from app.extensions import db
from tests.factories import OWNER, a_card, an_organization
from tests.support.auto_top_ups import settings_of, switch_on


def test_only_what_is_on_and_due_is_found(app: Flask) -> None:
    organizations = []
    for minutes in (-1, 5, None):
        organization = an_organization(credit="30")
        switch_on(organization, a_card(organization))
        row = settings_of(organization)
        row.next_try_at = utc_now() + timedelta(minutes=minutes) if minutes is not None else None
        db.session.commit()
        organizations.append(organization)
    due, planned, _ = organizations
    assert recovery.find_due() == [due.id]
    db.session.execute(db.text("UPDATE wallet_watch SET fired_at = now() - interval '3 minutes'"))
    db.session.commit()
    assert planned.id not in recovery.find_due(), "its own time is to come"
    assert len(recovery.find_due()) == 2
    settings.turn_off(due, OWNER)
    assert due.id not in recovery.find_due()
