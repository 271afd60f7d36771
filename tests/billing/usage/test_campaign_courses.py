"""How a campaign would go: its hours, what else is spent, and how far the credit gets."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from app.billing.audit import OPERATOR
from app.billing.credit import grants
from app.billing.credit.grants import Grant
from app.billing.usage import campaign_courses, campaign_estimates
from app.billing.usage.campaign_courses import Course
from app.billing.usage.campaign_estimates import Campaign, Estimate
from app.billing.wallet import envelopes, reserve
from app.billing.wallet.reserve import Reserve
from app.clock import utc_now
from app.extensions import db
from app.models import LotKind, Organization
from app.money import Money
from tests.factories import OWNER, an_organization, at, usd
from tests.support.spending import forecast_of

MONDAY = at("2026-11-30 09:00")
CAMPAIGN = Campaign(900, "calls_outbound", 100, 60, 60)


def estimated(organization: Organization, name: str = "") -> Estimate:
    return campaign_estimates.estimate(organization, CAMPAIGN, at=utc_now(), name=name)


def course(organization: Organization, calls_a_day: int, now: datetime = MONDAY) -> Course:
    found = campaign_courses.follow(organization, estimated(organization), calls_a_day, now=now)
    assert found is not None
    return found


def test_without_a_forecast_it_calls_in_working_hours(app: Flask) -> None:
    organization = an_organization(credit="1000")
    found = course(organization, 450)
    assert found.ends_at == at("2026-12-01 18:00")
    assert (found.meanwhile, found.runs_out_at, found.missing, found.top_up) == (None, None, usd("0"), None)
    assert found.calls_covered == 900
    assert course(organization, 900).ends_at == at("2026-11-30 18:00")
    assert course(organization, 600).ends_at == at("2026-12-01 13:30")
    friday = at("2026-12-04 13:30")
    assert course(organization, 900, friday).ends_at == at("2026-12-07 13:30"), "not at the weekend"


def test_working_hours_are_those_of_the_organization_s_zone(app: Flask) -> None:
    organization = an_organization(credit="1000", timezone="America/New_York")
    assert course(organization, 900, at("2026-11-30 05:00")).ends_at == at("2026-11-30 23:00")


def test_it_says_when_credit_runs_out_and_after_how_many_calls(app: Flask) -> None:
    organization = an_organization(credit="10")
    estimate, found = estimated(organization), course(organization, 900)
    part = usd("10").micro / estimate.most.micro
    assert found.calls_covered == int(900 * part)
    assert found.runs_out_at is not None
    expected = MONDAY + timedelta(hours=9) * part
    assert abs(found.runs_out_at - expected) < timedelta(minutes=1)
    assert found.missing == estimate.missing
    assert found.top_up is not None
    assert found.top_up >= found.missing


@pytest.mark.long
def test_what_else_is_spent_counts_until_it_ends(app: Flask) -> None:
    """A dollar an hour, around the clock: then campaigns call around the clock as well."""
    organization = an_organization(credit="60")
    forecast_of(organization)
    now = utc_now()
    estimate, found = estimated(organization), course(organization, 300, now)
    assert found.meanwhile is not None
    assert abs(found.ends_at - now - timedelta(days=3)) < timedelta(hours=1)
    assert abs(found.meanwhile.micro - 72_000_000) < 3_000_000
    assert found.missing == estimate.most + found.meanwhile - usd("60")
    assert found.runs_out_at is not None
    alone = course(an_organization(credit="60"), 300, now)
    assert found.calls_covered < alone.calls_covered


def test_one_that_takes_longer_than_anything_is_forecast_has_no_course(app: Flask) -> None:
    organization = an_organization(credit="10")
    assert campaign_courses.follow(organization, estimated(organization), 1, now=MONDAY) is None


@pytest.mark.parametrize("credit", ["0", "0.01", "5", "22.50", "500"])
def test_missing_and_running_out_go_together(app: Flask, credit: str) -> None:
    found = course(an_organization(credit=credit), 900)
    assert bool(found.missing) == (found.runs_out_at is not None) == (found.calls_covered < 900)
    assert found.runs_out_at is None or MONDAY <= found.runs_out_at <= found.ends_at


def enveloped(amount: str, *, credit: str) -> Organization:
    organization = an_organization(credit=credit)
    until = organization.local_day() + timedelta(days=300)
    envelopes.set_aside(organization, "Recall", usd(amount), until, OWNER)
    db.session.commit()
    return organization


def test_its_own_envelope_takes_it_further_and_that_of_another_campaign_does_not(app: Flask) -> None:
    organization = enveloped("10", credit="20")
    mine, another = (
        campaign_courses.follow(organization, estimated(organization, name), 900, now=MONDAY)
        for name in ("Recall", "Spring")
    )
    assert mine is not None
    assert another is not None
    alone = course(an_organization(credit="10"), 900)
    assert (another.calls_covered, another.missing) == (alone.calls_covered, alone.missing)
    both = course(an_organization(credit="20"), 900)
    assert (mine.calls_covered, mine.missing) == (both.calls_covered, both.missing)


def test_what_its_own_envelope_pays_for_goes_on_when_the_rest_has_run_out(app: Flask) -> None:
    """A dollar an hour of other usage takes all available credit on the first day, of three."""
    organization = enveloped("100", credit="110")
    forecast_of(organization)
    found = campaign_courses.follow(organization, estimated(organization, "Recall"), 300, now=utc_now())
    assert found is not None
    assert (found.runs_out_at, found.calls_covered, found.missing) == (None, 900, usd("0"))
    assert not found.covers_rest
    without = campaign_courses.follow(organization, estimated(organization), 300, now=utc_now())
    assert without is not None
    assert without.runs_out_at is not None
    assert without.runs_out_at < utc_now() + timedelta(hours=12)


def test_the_reserve_stops_a_campaign_before_credit_is_gone(app: Flask) -> None:
    organization, less = an_organization(credit="25"), an_organization(credit="10")
    reserve.choose(organization, Reserve(usd("15"), None), OWNER, is_confirmed=False)
    db.session.commit()
    assert course(organization, 900) == course(less, 900)


def test_credit_that_expires_on_the_way_is_missing_unless_it_is_used_before(app: Flask) -> None:
    """Two days of calls, from Monday on: what expires on Monday night pays for no more than that day's."""
    now = at("2030-01-07 09:00")
    lasting, expiring = an_organization(credit="10"), an_organization(credit="10")
    later = an_organization(credit="10")
    for organization, last_day in ((expiring, "2030-01-07"), (later, "2030-02-01")):
        offer = Grant(LotKind.PROMOTIONAL, usd("100"), "Offer", "offer", date.fromisoformat(last_day))
        grants.grant(organization, offer, OPERATOR)
        db.session.commit()
    first_day = estimated(expiring).most.micro // 2
    found = course(expiring, 450, now)
    assert found.expires.micro == 100_000_000 - first_day
    assert found.missing.micro == max(first_day - 10_000_000, 0)
    assert found.missing == course(lasting, 450, now).missing - Money(first_day, "USD")
    assert found.runs_out_at is not None and at("2030-01-08 09:00") < found.runs_out_at < found.ends_at
    assert 450 < found.calls_covered < 900
    unused = course(later, 450, now)
    assert (unused.expires, unused.missing, unused.runs_out_at) == (usd("0"), usd("0"), None)
    assert not course(expiring, 900, now).expires, "it is over before"
