"""What is added up by day is what was charged, and each call counts once, on its first day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Flask

from app.billing.activity import rollups
from app.billing.activity.rollups import events
from tests.billing.activity.rollups.counted import LATER, charged, counted
from tests.factories import an_organization
from tests.support.metering import NOW, a_call, an_event, take
from tests.support.moving import use


def test_a_call_counts_once_on_its_first_day_however_its_events_arrive(app: Flask) -> None:
    organization = an_organization(credit="100")
    first, *rest = a_call(organization, direction="outbound", country="MX")
    take(first)
    rollups.roll_up(organization.id, until=NOW + timedelta(minutes=1))
    tomorrow = NOW + timedelta(days=1)
    take(*rest, now=tomorrow)
    rollups.roll_up(organization.id, until=LATER)
    rows = counted(organization)
    assert [(row.posted_on.day, row.meter, row.calls) for row in rows if row.calls] == [
        (10, "calls_outbound_international", 1)
    ]
    assert {(row.campaign, row.agent, row.number, row.direction, row.country) for row in rows} == {
        ("Recall patients", "Ava", "+1 212 555 0134", "outbound", "MX")
    }
    assert sum(row.amount_micro for row in rows) == charged(organization)
    assert sum(row.events for row in rows) == 5


def test_a_correction_is_a_row_of_its_own_with_the_names_of_what_it_corrects(app: Flask) -> None:
    organization = an_organization(credit="100")
    event = an_event(organization, "e1", 1_000_000, number="+1", direction="inbound", country="CA", call="c")
    take(event)
    take(
        an_event(organization, "e2", 400_000, when=NOW + timedelta(hours=1), corrects=("platform", "e1")),
        now=NOW + timedelta(hours=1),
    )
    rollups.roll_up(organization.id, until=LATER)
    wrong, right = sorted(counted(organization), key=lambda row: row.is_correction)
    assert (right.quantity, right.number, right.direction, right.country, right.calls) == (
        -600_000, "+1", "inbound", "CA", 0
    )  # fmt: skip
    assert (wrong.calls, right.amount_micro + wrong.amount_micro) == (1, charged(organization))


def test_days_are_those_of_the_organization(app: Flask) -> None:
    organization = an_organization(timezone="America/Los_Angeles", credit="100")
    use(organization, 60, datetime.fromisoformat("2026-11-10T02:00:00+00:00"))
    rollups.roll_up(organization.id, until=LATER)
    assert [row.posted_on for row in counted(organization)] == [date(2026, 11, 9)]


def test_one_organization_sees_and_counts_only_its_own(app: Flask) -> None:
    one, other = an_organization(credit="100"), an_organization(credit="100")
    for organization in (one, other):
        take(an_event(organization, "same", 60, call="same call"))
    rollups.roll_up(one.id, until=LATER)
    assert counted(other) == []
    assert sum(row.calls for row in counted(one)) == 1
    assert events.first_posted(other.id, since=None, until=LATER) == NOW
