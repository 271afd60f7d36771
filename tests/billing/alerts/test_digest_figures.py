"""The figures of a week: its days in the organization's zone, and what they cost."""

from __future__ import annotations

from datetime import UTC, date, datetime

from flask import Flask

from app.billing.alerts import digest_figures
from app.extensions import db
from app.models import UsageDaily
from app.notify.emails import DigestRow
from tests.factories import an_organization, usd

MONDAY = date(2026, 11, 23)


def used(org_id: object, day: int, amount: str, campaign: str = "") -> UsageDaily:
    on = date(2026, 11, day)
    return UsageDaily(
        org_id=org_id, day=on, posted_on=on, meter="calls_outbound", campaign=campaign, agent="",
        quantity=60, included=0, amount_micro=usd(amount).micro,
    )  # fmt: skip


def test_a_week_is_monday_to_sunday(app: Flask) -> None:
    organization = an_organization(credit="100")
    rows = [
        (15, "8", "Spring"),
        (16, "1", "Recall"),
        (22, "2", "Recall"),
        (20, "5", "Spring"),
        (19, "4", ""),
        (23, "16", ""),
    ]
    db.session.add_all(used(organization.id, day, amount, campaign) for day, amount, campaign in rows)
    db.session.commit()
    email = digest_figures.gather(organization, MONDAY, datetime(2026, 11, 23, 9, tzinfo=UTC))
    assert (email.first_day, email.last_day) == (date(2026, 11, 16), date(2026, 11, 22))
    assert (email.spent, email.before) == (usd("12"), usd("8"))
    assert email.campaigns == [
        DigestRow(name="Spring", amount=usd("5")),
        DigestRow(name="Recall", amount=usd("3")),
    ]
    assert (email.top_ups, email.topped_up, email.available) == (0, usd("0"), usd("100"))
