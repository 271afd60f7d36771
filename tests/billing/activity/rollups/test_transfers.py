"""The history's totals are those of its lines."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import text

from app.billing.activity import rollups
from app.extensions import db
from app.models import TransferKind
from tests.billing.activity.rollups.counted import LATER, of_history
from tests.factories import an_organization, usd
from tests.support.metering import NOW
from tests.support.moving import correct, post, use


def test_history_adds_up_to_its_lines_whatever_was_posted(app: Flask) -> None:
    organization = an_organization()
    post(organization, TransferKind.TOP_UP, usd("50"), NOW)
    post(organization, TransferKind.REFUND, usd("20"), NOW + timedelta(minutes=1), out=True)
    event = use(organization, 1_000_000, NOW + timedelta(minutes=2))
    rollups.roll_up(organization.id, until=LATER)
    use(organization, 1_000_000, NOW + timedelta(minutes=3))
    correct(organization, event, 500_000, NOW + timedelta(minutes=4))
    rollups.roll_up(organization.id, until=LATER)
    lines = text(
        "SELECT day, kind, coalesce(usage_group, ''), count(*), sum(amount_micro)::bigint FROM wallet_line"
        " WHERE org_id = :of GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )
    expected = [tuple(row) for row in db.session.execute(lines, {"of": organization.id})]
    assert of_history(organization) == expected
    assert len(expected) == 4
