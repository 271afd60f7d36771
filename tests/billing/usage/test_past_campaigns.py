"""An organization's own past campaigns, from what is added up of them."""

from __future__ import annotations

from flask import Flask

from app.billing.usage import past_campaigns
from app.billing.usage.past_campaigns import PastCampaigns
from app.models import Organization
from tests.factories import an_organization, usd
from tests.support.past_campaigns import a_past_campaign, holds_of


def found(organization: Organization, meter: str = "calls_outbound") -> PastCampaigns | None:
    return past_campaigns.find(organization, meter, today=organization.local_day())


def test_lengths_rate_and_cost_are_of_all_of_them(app: Flask) -> None:
    organization = an_organization()
    a_past_campaign(organization, "Recall", calls=40, seconds=60, days=2)
    a_past_campaign(organization, "Winback", calls=60, seconds=120, days=3)
    a_past_campaign(an_organization(), "Not ours", calls=60, seconds=500)
    holds_of(organization, "Recall", answered=40, unanswered=60)
    holds_of(organization, "Inbound", answered=200, unanswered=0)
    past = found(organization)
    assert past is not None
    assert sorted(past.names) == ["Recall", "Winback"]
    assert (past.calls, past.shortest, past.longest, past.seconds) == (100, 60, 120, 96)
    assert past.cost_a_call == usd("0.10")
    assert past.answered_percent == 40
    assert past.calls_a_day == 50, "twenty answered calls a day, of which there were fifty"


def test_without_enough_calls_there_is_nothing_to_go_by(app: Flask) -> None:
    organization = an_organization()
    assert found(organization) is None
    a_past_campaign(organization, "Small", calls=10, seconds=60)
    a_past_campaign(organization, "Long ago", calls=100, seconds=60, ago=100)
    assert found(organization) is None
    a_past_campaign(organization, "Recall", calls=20, seconds=60)
    past = found(organization)
    assert past is not None
    assert past.names == ("Recall",)
    assert past.answered_percent is None, "no call has reserved credit"
    assert past.calls_a_day == 20
    assert found(organization, "calls_inbound") is None
