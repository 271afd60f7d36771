"""What is written of rated events: each event, its key, and one total a day."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask

from app.billing.plans import terms
from app.billing.usage import rows
from app.billing.usage.events import Reported
from app.billing.usage.rater import Rater, RatingContext
from app.billing.usage.rows import RatedEvent
from app.extensions import db
from app.models import Organization, UsageDaily, UsageEvent
from tests.support.metering import NOW, an_event, on_growth

TODAY = date(2026, 11, 10)


def rated(organization: Organization, *events: Reported, posted_on: date = TODAY) -> list[RatedEvent]:
    """Events as they are rated together, by allowances that nothing has used."""
    [billing] = terms.get_billing_contexts([organization.id]).values()
    rater = Rater({organization.id: RatingContext.of(organization.id, billing)})
    found = []
    for event in events:
        line = rater.line(organization.id, event.meter, event.at)
        charge = rater.rate(line, event.quantity)
        found.append(RatedEvent(event, line, event.at, NOW, posted_on, event.quantity, charge))
    return found


def write(organization: Organization, *events: Reported, posted_on: date = TODAY) -> None:
    rows.write(rated(organization, *events, posted_on=posted_on))


def totals() -> list[tuple[object, ...]]:
    one = UsageDaily
    query = db.select(
        one.meter, one.campaign, one.agent, one.posted_on, one.quantity, one.included, one.amount_micro
    )
    return [tuple(row) for row in db.session.execute(query.order_by(*query.selected_columns))]


def test_nothing_is_written_for_no_events(app: Flask) -> None:
    rows.write([])
    assert totals() == []


def test_totals_are_by_meter_campaign_agent_and_day_of_posting(app: Flask) -> None:
    organization = on_growth()
    write(
        organization,
        an_event(organization, "1", 10, meter="sms", campaign="Recall"),
        an_event(organization, "2", 5, meter="sms", campaign="Recall"),
        an_event(organization, "3", 7, meter="sms", campaign="Recall", agent="Ava"),
        an_event(organization, "4", 1_000),
    )
    write(organization, an_event(organization, "5", 1, meter="sms", campaign="Recall"))
    tomorrow = TODAY + timedelta(days=1)
    write(organization, an_event(organization, "6", 2, meter="sms", campaign="Recall"), posted_on=tomorrow)
    assert totals() == [
        ("sms", "Recall", "", TODAY, 16, 16, 0),
        ("sms", "Recall", "", tomorrow, 2, 2, 0),
        ("sms", "Recall", "Ava", TODAY, 7, 7, 0),
        ("tokens_out", "", "", TODAY, 1_000, 0, 9_500),
    ]


def test_an_event_is_written_with_all_its_names_and_what_rated_it(app: Flask) -> None:
    organization = on_growth()
    names = {"call": "c", "campaign": "Recall", "agent": "Ava", "number": "+1", "hold": "h"}
    write(organization, an_event(organization, quantity=31, meter="calls_outbound_international", **names))
    row = db.session.scalars(db.select(UsageEvent)).one()
    assert {name: getattr(row, name) for name in names} == names
    assert (row.quantity, row.billable, row.included, row.plan, row.at) == (31, 36, 0, "growth", NOW)
    assert (row.corrects_source, row.corrects_id, row.posted_at) == (None, None, NOW)


def test_a_correction_s_row_is_by_the_time_of_use(app: Flask) -> None:
    organization = on_growth()
    used = NOW - timedelta(days=3)
    event = an_event(organization, "fix", 5, corrects=("platform", "e1"))
    [one] = rated(organization, event)
    line, charge = one.line, one.charge
    rows.write([RatedEvent(event, line, used, NOW, TODAY, -55, charge)])
    row = db.session.scalars(db.select(UsageEvent)).one()
    assert (row.at, row.quantity, row.corrects_id) == (used, -55, "e1")
    assert db.session.scalars(db.select(UsageDaily.is_correction)).one() is True
