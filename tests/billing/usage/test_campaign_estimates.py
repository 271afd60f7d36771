"""What a campaign would cost, against what the same calls do cost."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.billing.usage import campaign_estimates, ingest
from app.billing.usage.campaign_estimates import Campaign, Estimate, UnknownCallingMeterError
from app.billing.usage.events import Reported
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from demo import usage_reports
from demo.usage_reports import Used
from tests.factories import an_organization, usd
from tests.support.metering import on_growth


def estimated(organization: Organization, campaign: Campaign) -> Estimate:
    return campaign_estimates.estimate(organization, campaign, at=utc_now())


def test_allowances_are_used_up_first_and_the_agents_usage_is_the_usual(app: Flask) -> None:
    organization = an_organization(credit="10")
    found = estimated(organization, Campaign(100, "calls_outbound", 100, 60, 60))
    lines = {line.meter: line for line in found.lines}
    # 6,000 s, of which 3,000 are included; $0.045 a minute.
    assert (lines["calls_outbound"].included, lines["calls_outbound"].most) == (3_000, usd("2.25"))
    assert lines["tokens_in"].quantity == 168_000
    assert lines["speech_to_text"].quantity == 3_000
    assert found.is_own_usage is False
    assert found.least == found.most


def test_only_answered_calls_count_and_a_short_one_costs_the_minimum(app: Flask) -> None:
    organization = an_organization()
    found = estimated(organization, Campaign(10, "calls_outbound_international", 25, 10, 10))
    line = found.lines[0]
    assert (line.quantity, line.billable) == (30, 90)


def test_what_agents_use_is_the_organization_s_own_where_there_is_enough(app: Flask) -> None:
    organization = on_growth()
    day = organization.local_day() - timedelta(days=2)
    used = [
        Used("calls_outbound", 3_600, day, "Recall", "Ava"),
        Used("tokens_in", 7_200, day, "Recall", "Ava"),
    ]
    usage_reports.record(organization, "test", used, at=utc_now())
    db.session.commit()
    found = estimated(organization, Campaign(10, "calls_outbound", 100, 30, 60))
    assert found.is_own_usage
    assert {line.meter: line.quantity for line in found.lines} == {"calls_outbound": 600, "tokens_in": 1_200}


@pytest.mark.parametrize(
    ("credit", "percent", "top_up"),
    [("1000", 100, None), ("3.50", 34, "25"), ("0", 0, "25")],
)
def test_it_says_how_much_is_covered_and_which_top_up_covers_the_rest(
    app: Flask, credit: str, percent: int, top_up: str | None
) -> None:
    organization = an_organization(credit=credit)
    found = estimated(organization, Campaign(200, "calls_outbound", 100, 60, 60))
    assert found.covered_percent == percent
    assert found.top_up == (usd(top_up) if top_up else None)
    assert found.missing == max(found.most - found.credit.available, usd("0"))


def test_more_than_the_presets_is_suggested_in_round_figures_up_to_the_largest(app: Flask) -> None:
    organization = an_organization()
    thousands = estimated(organization, Campaign(10_000, "calls_outbound", 100, 60, 60))
    assert thousands.top_up is not None
    assert thousands.top_up.micro % 10_000_000 == 0
    assert thousands.missing <= thousands.top_up < thousands.missing + usd("10")
    assert estimated(organization, Campaign(10**7, "calls_outbound", 100, 60, 60)).top_up == usd("5000")


def test_what_is_no_kind_of_calls_is_refused(app: Flask) -> None:
    with pytest.raises(UnknownCallingMeterError, match="calls_inbound"):
        estimated(an_organization(), Campaign(1, "sms", 100, 60, 60))


@pytest.mark.long
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    calls=st.integers(1, 12),
    shortest=st.integers(1, 400),
    more=st.integers(0, 400),
    meter=st.sampled_from(["calls_outbound", "calls_outbound_international", "calls_inbound"]),
)
def test_the_same_calls_cost_what_was_estimated_but_for_the_rounding_of_each(
    app: Flask, calls: int, shortest: int, more: int, meter: str
) -> None:
    organization = an_organization(credit="1000")
    found = estimated(organization, Campaign(calls, meter, 100, shortest, shortest + more))
    assert found.least <= found.most
    quantities = {line.meter: line.quantity for line in found.lines}
    now, name = utc_now(), str(uuid4())
    events = [
        Reported(place, organization.id, name, f"call-{place}", meter, shortest + more, now)
        for place in range(calls)
    ]
    events += [
        Reported(calls + place, organization.id, name, other, other, quantities[other], now)
        for place, other in enumerate(quantities)
        if other != meter
    ]
    receipt = ingest.ingest(events, at=now)
    db.session.commit()
    assert abs(receipt.costs[organization.id] - found.most.micro) <= calls
