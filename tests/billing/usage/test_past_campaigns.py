"""An organization's own past campaigns, from what is added up of them."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.activity import rollups
from app.billing.usage import past_campaigns
from app.billing.usage.past_campaigns import PastCampaigns
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, UsageEvent
from tests.factories import an_organization
from tests.support.metering import an_event, take
from tests.support.past_campaigns import a_past_campaign, holds_of


def found(organization: Organization, meter: str = "calls_outbound") -> PastCampaigns | None:
    return past_campaigns.find(organization, meter, now=utc_now())


def test_lengths_rate_and_cost_are_of_all_of_them(app: Flask) -> None:
    organization = an_organization()
    a_past_campaign(organization, "Recall", seconds=[60] * 34 + [10] * 3 + [180] * 3, days=2, added_up=False)
    a_past_campaign(organization, "Winback", seconds=[120] * 60, days=3)
    a_past_campaign(an_organization(), "Not ours", seconds=[500] * 60)
    holds_of(organization, "Recall", answered=40, unanswered=60)
    holds_of(organization, "Inbound", answered=200, unanswered=0)
    past = found(organization)
    assert past is not None
    assert sorted(past.names) == ["Recall", "Winback"]
    assert past.calls == 100
    assert past.seconds == 98, "2,610 and 7,200 seconds"
    assert (past.shortest, past.longest) == (59, 132), "65 and 120 on average, a tenth less and more"
    spent = sum(
        int(amount)
        for amount in db.session.scalars(db.select(UsageEvent.amount_micro).filter_by(org_id=organization.id))
    )
    assert past.cost_a_call.micro == spent // 100
    assert past.answered_percent == 40
    assert past.calls_a_day == 50, "twenty answered calls a day, of which there were fifty"


def test_usage_that_names_no_call_counts_for_the_day_and_for_no_length(app: Flask) -> None:
    organization = an_organization()
    a_past_campaign(organization, "Recall", seconds=[60] * 20, added_up=False)
    when = utc_now() - timedelta(days=4)
    take(
        an_event(organization, "lump", 3_600, meter="calls_outbound", when=when, campaign="Recall"), now=when
    )
    rollups.roll_up(organization.id, until=utc_now() - rollups.LAG)
    past = found(organization)
    assert past is not None
    assert (past.calls, past.seconds) == (20, 60)
    assert past.calls_a_day == 40, "twenty on one day, and an hour of calls on the next"


def test_without_enough_calls_there_is_nothing_to_go_by(app: Flask) -> None:
    organization = an_organization()
    assert found(organization) is None
    a_past_campaign(organization, "Long ago", seconds=[60] * 100, ago=100)
    a_past_campaign(organization, "Small", seconds=[60] * 10)
    assert found(organization) is None
    a_past_campaign(organization, "Recall", seconds=[60] * 20)
    past = found(organization)
    assert past is not None
    assert past.names == ("Recall",)
    assert past.answered_percent is None, "no call has reserved credit"
    assert past.calls_a_day == 20
    assert found(organization, "calls_inbound") is None
