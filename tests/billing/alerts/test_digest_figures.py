"""The figures of a week: its days in the organization's zone, and what they cost; and the calendar of what comes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.billing import coming_up
from app.billing.alerts import digest_figures
from app.billing.coming_up import ComingEntry, Kind
from app.billing.plans import resource_counts
from app.billing.wallet import balance
from app.clock import utc_now
from app.extensions import db
from app.models import UsageDaily
from app.notify.emails import DigestRow
from tests.factories import an_organization, usd
from tests.support.plans import a_subscriber, hear_from_stripe, plan_of
from tests.support.sandbox import Sandbox
from tests.support.spending import forecast_of

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


@pytest.mark.long
def test_what_comes_is_what_the_calendar_says(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("growth")
    hear_from_stripe(app, sandbox)
    resource_counts.set_counts(organization.id, {"phone_numbers": 6})
    forecast_of(organization, micro_an_hour=10_000)
    monday = organization.local_day()
    email = digest_figures.gather(organization, monday, utc_now())
    entries = coming_up.list_entries(organization, plan_of(organization), balance.gather(organization))
    assert {Kind.RENEWAL, Kind.RENT} <= {one.kind for one in entries}
    assert [(one.day, one.amount, one.is_estimate) for one in email.coming] == [
        (one.day, one.amount, one.is_estimate and one.amount is not None)
        for one in entries
        if one.day is not None
    ]
    card = plan_of(organization).default_card
    assert card is not None
    assert [one.by for one in email.coming if one.name == "Growth renewal"] == [card.label]
    assert [(one.name, one.amount) for one in email.each_day] == [
        (f"Rent for {one.count} phone numbers", one.amount) for one in entries if one.kind is Kind.RENT
    ]


def test_what_is_further_away_waits_for_another_digest_and_what_is_unpaid_does_not(app: Flask) -> None:
    far, unpaid = MONDAY + timedelta(days=31), MONDAY - timedelta(days=2)
    found = digest_figures._coming(
        [
            ComingEntry(Kind.RENEWAL, far, usd("99"), "Growth"),
            ComingEntry(Kind.UNPAID, unpaid, None, "Growth"),
            ComingEntry(Kind.RUNS_OUT, MONDAY + timedelta(days=30), None, is_estimate=True),
            ComingEntry(Kind.TOP_UP, MONDAY, usd("76"), is_estimate=True),
            ComingEntry(Kind.EXPIRES, MONDAY, usd("5"), credit="Promotional credit"),
        ],
        MONDAY,
    )
    assert [(one.day, one.name, one.is_estimate) for one in found] == [
        (unpaid, "Growth renewal isn't paid yet", False),
        (MONDAY + timedelta(days=30), "Credit runs out, expected", False),
        (MONDAY, "Automatic top-up, expected", True),
        (MONDAY, "Promotional credit that isn't used expires", False),
    ]
    assert set(digest_figures._NAMES) == set(Kind) - {Kind.RENT}
