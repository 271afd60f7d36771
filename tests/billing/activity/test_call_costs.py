"""A call's story: every charged line with the rate that priced it, corrections by name, and what it still holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.billing import catalog
from app.billing.activity import call_costs, usage_report
from app.billing.activity.call_costs import CallCosts, CallPart
from app.billing.activity.cost_change import Period
from app.billing.activity.usage_windows import Asked
from app.billing.catalog import file, versions
from app.billing.catalog.quantities import Units
from app.billing.usage import ingest
from app.billing.wallet import holds
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PlanTerm, UsageGroup
from app.money import Money
from tests.factories import an_organization, usd
from tests.support.metering import CALL, NOW, WITH, a_call, an_event, on_growth, take
from tests.support.statements import statements


def micro(amount: int) -> Money:
    return Money(amount, "USD")


def told(organization: Organization, call: str = CALL) -> CallCosts:
    story = call_costs.get_call_costs(organization, call)
    assert story is not None
    return story


def test_a_call_is_told_by_part_with_what_each_line_cost_and_by_which_rate(app: Flask) -> None:
    organization = on_growth()
    take(*a_call(organization))
    story = told(organization)
    assert [(line.part, line.meter, line.amount) for line in story.lines] == [
        (CallPart.CALLING, "calls_outbound_international", usd("0.24")),
        (CallPart.TELEPHONY, "sms", usd("0")),
        (CallPart.SPEECH, "speech_to_text", micro(8_500)),
        (CallPart.SPEECH, "text_to_speech", micro(15_000)),
        (CallPart.MODEL, "tokens_in", usd("2.50")),
    ]
    assert story.total == micro(2_763_500)
    assert (story.campaigns, story.agents, story.numbers) == (
        ("Recall patients",),
        ("Ava",),
        (WITH["number"],),
    )
    message = story.lines[1]
    assert (message.used.count, message.included.count) == (1, 1)
    assert {(line.plan, line.version) for line in story.lines} == {("Growth", catalog.current().version)}
    rate = story.lines[0].rate
    assert rate is not None
    assert (rate.amount, rate.per, rate.least) == (usd("0.16"), "min", Units(30, "second"))
    assert not story.is_in_progress


def test_what_a_meter_counts_as_is_told_apart_from_what_was_used(app: Flask) -> None:
    organization = on_growth()
    take(an_event(organization, quantity=7, meter="calls_outbound_international", call=CALL))
    line = told(organization).lines[0]
    assert (line.used.count, line.billable.count) == (7, 30)


def test_many_events_of_one_meter_are_one_line(app: Flask) -> None:
    organization = on_growth()
    take(*[an_event(organization, f"e{n}", 1_000, call=CALL) for n in range(30)])
    (line,) = told(organization).lines
    assert (line.events, line.used.count, line.amount) == (30, 30_000, micro(285_000))


def test_a_correction_is_a_line_of_its_own_that_names_what_it_corrects(app: Flask) -> None:
    organization = on_growth()
    take(*a_call(organization))
    tomorrow = NOW + timedelta(days=1)
    take(
        an_event(organization, "fix", 30, meter="speech_to_text", corrects=("platform", "stt")), now=tomorrow
    )
    story = told(organization)
    (fix,) = [line for line in story.lines if line.corrects]
    assert (fix.corrects, fix.used.count, fix.amount, fix.used_at) == ("stt", -30, micro(-4_250), NOW)
    assert fix.is_late, "it was posted on another day than the call was"
    assert story.total == micro(2_759_250)


def test_what_came_late_says_on_which_day_it_was_posted_in_the_organizations_zone(app: Flask) -> None:
    organization = on_growth(timezone="America/New_York")
    late = an_event(organization, when=NOW - timedelta(days=2), call=CALL)
    take(late, an_event(organization, "e2", when=NOW, call=CALL))
    early, on_time = told(organization).lines
    assert (early.is_late, on_time.is_late) == (True, False)
    assert (early.used_on.day, early.posted_on.day) == (8, 10)


def test_a_call_in_progress_says_what_it_holds(app: Flask) -> None:
    organization = an_organization(credit="10")
    now = utc_now()
    lease = timedelta(minutes=5)
    holds.reserve(organization.id, "k", usd("1.50"), at=now, lease=lease, call=CALL, agent="Ava")
    take(an_event(organization, quantity=10_000, when=now, call=CALL, hold="k"), now=now)
    story = told(organization)
    (hold,) = story.holds
    assert (hold.amount, hold.used, hold.until - hold.since) == (usd("1.38"), usd("0.12"), lease)
    assert story.is_in_progress
    holds.release(organization.id, "k", at=now)
    assert not told(organization).is_in_progress


def test_a_call_that_only_holds_has_a_story_already(app: Flask) -> None:
    organization = an_organization(credit="10")
    holds.reserve(organization.id, "k", usd("1"), at=utc_now(), lease=timedelta(minutes=5), call=CALL)
    story = told(organization)
    assert (story.lines, story.total, len(story.holds)) == ((), usd("0"), 1)


def test_a_call_of_another_organization_is_not_told(app: Flask) -> None:
    mine, other = on_growth(), on_growth()
    take(*a_call(other))
    assert call_costs.get_call_costs(mine, CALL) is None


@pytest.mark.parametrize("name", ["", "nothing", "x" * 256, "a\0b"])
def test_a_name_that_no_call_has_tells_nothing(app: Flask, name: str) -> None:
    assert call_costs.get_call_costs(on_growth(), name) is None


def test_a_story_takes_two_statements_however_long_it_is(app: Flask) -> None:
    organization = on_growth()
    take(*a_call(organization), *[an_event(organization, f"e{n}", call=CALL) for n in range(50)])
    told(organization)
    with statements() as seen:
        told(organization)
    assert len(seen) == 2


class TestOlderCatalogues:
    @pytest.fixture
    def organization(self, app: Flask) -> Any:
        """It used a meter that the catalog on offer has dropped since."""
        organization = on_growth()
        on_offer = catalog.current()
        versions.store(on_offer)
        now = utc_now()
        ingest.ingest([an_event(organization, quantity=3, meter="sms", when=now, call=CALL)], at=now)
        db.session.commit()
        text = on_offer.text.replace('version = "2026-12.4"', 'version = "2027-01"').replace("sms", "texts")
        app.extensions["catalog"] = file.parse(text, name="newer")
        yield organization
        app.extensions["catalog"] = on_offer
        app.extensions.pop("meters_known_before", None)

    def test_a_call_is_told_by_the_version_that_rated_it(self, organization: Organization) -> None:
        (line,) = told(organization).lines
        assert (line.label, line.version, line.included.count) == ("Text messages", "2026-12.4", 3)

    def test_the_period_s_usage_has_it(self, organization: Organization) -> None:
        today, days = organization.local_day(), timedelta(days=2)
        asked = Asked(Period(today - days, today), Period(today - 3 * days, today - 2 * days), by="meter")
        found = {row.name: row for row in usage_report.gather(organization, asked).rows}
        used = found["sms"].used
        assert used is not None and used.amount == 3
        assert (found["sms"].label, found["sms"].group) == ("Text messages", UsageGroup.TELEPHONY)

    def test_a_version_that_was_not_kept_leaves_the_names_that_there_are(self, app: Flask) -> None:
        organization = an_organization(credit="10")
        db.session.execute(db.delete(PlanTerm))
        on_offer = catalog.current()
        plans = {key: replace(plan, version="elsewhere") for key, plan in on_offer.plans.items()}
        app.extensions["catalog"] = replace(on_offer, version="elsewhere", plans=plans)
        try:
            take(an_event(organization, call=CALL))
        finally:
            app.extensions["catalog"] = on_offer
        (line,) = told(organization).lines
        assert (line.rate, line.plan, line.label) == (None, "starter", "Output tokens")
