"""A digest comes on Monday morning in the organization's own zone, once, however often its job runs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.billing.alerts import digests
from app.extensions import db
from app.models import Mail
from app.transaction import transaction
from tests.factories import an_organization
from tests.support.alerting import a_listener, a_member, an_alerted, recipients_channel, tell_about

MONDAY = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
"""8:30 in New York."""


@pytest.mark.parametrize(
    ("at", "is_due"),
    [
        ("2026-11-23T12:59", False),
        ("2026-11-23T13:00", True),
        ("2026-11-24T12:59", True),
        ("2026-11-24T13:00", False),
        ("2026-11-29T13:00", False),
    ],
)
def test_it_is_due_from_eight_on_monday_for_a_day(app: Flask, at: str, is_due: bool) -> None:
    organization = an_organization(timezone="America/New_York")
    monday = digests.monday_of(organization, datetime.fromisoformat(f"{at}+00:00"))
    assert (str(monday) if monday else None) == ("2026-11-23" if is_due else None)


def test_each_who_wants_it_gets_one(app: Flask) -> None:
    organization, owner = an_alerted()
    organization.timezone = "America/New_York"
    a_listener(organization, owner, "digest")
    a_listener(organization, a_member(organization), "digest", "low")
    assert digests.find_due(MONDAY) == [organization.id]
    with transaction():
        assert digests.write(organization.id, now=MONDAY) == 1
    with transaction():
        assert digests.write(organization.id, now=MONDAY) == 0
    organization.timezone = "America/Chicago"
    with transaction():
        assert digests.write(organization.id, now=MONDAY.replace(hour=20)) == 0, (
            "another zone, the same Monday"
        )
    with transaction():
        assert digests.write(organization.id, now=MONDAY.replace(day=30, hour=20)) == 1
    mails = db.session.scalars(db.select(Mail).filter_by(kind="weekly_digest").order_by(Mail.id)).all()
    assert [(one.recipient, one.facts["last_day"]) for one in mails] == [
        (owner.email, "2026-11-22"),
        (owner.email, "2026-11-29"),
    ]


def test_billing_recipients_can_have_it_too(app: Flask) -> None:
    organization, _ = an_alerted()
    tell_about(organization, recipients_channel(organization), "digest")
    with transaction():
        assert digests.write(organization.id, now=MONDAY) == 1
    assert db.session.scalars(db.select(Mail).filter_by(kind="weekly_digest")).one().recipient is None


def test_who_asked_for_nothing_gets_nothing(app: Flask) -> None:
    organization, _ = an_alerted()
    assert digests.find_due(MONDAY) == []
    with transaction():
        assert digests.write(organization.id, now=MONDAY) == 0
