"""Usage: allowance first, then the rate, rounded once; charged once however often it is reported."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.billing.activity import usage_report
from app.billing.activity.cost_change import Period as Range
from app.billing.activity.usage_windows import Asked
from app.billing.catalog import CatalogError, file, rating
from app.billing.wallet import verification
from app.extensions import db
from app.models import Allowance, CallingState, Organization, Wallet
from app.money import Money
from config import ROOT
from demo import usage_reports
from demo.usage_reports import Used
from tests.factories import an_organization, at, usd
from tests.support import subscriptions
from tests.support.subscriptions import Period

GROWTH = file.load(ROOT / "catalog.toml").plan("growth")
NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))


def on_growth(credit: str = "100", *, alert: str | None = None) -> Organization:
    organization = an_organization(credit=credit, alert=alert)
    subscriptions.subscribe(organization, "growth", period=NOVEMBER)
    db.session.commit()
    return organization


def calls(seconds: int, day: int = 10, **names: str) -> list[Used]:
    return [Used("calls_outbound", seconds, date(2026, 11, day), **names)]


def wallet_of(organization: Organization) -> Wallet:
    return db.session.get_one(Wallet, (organization.id,), populate_existing=True)


@given(quantity=st.integers(0, 10**7), used=st.integers(0, 10**7))
def test_a_line_costs_exactly_what_lies_beyond_the_allowance(quantity: int, used: int) -> None:
    charge = rating.rate(GROWTH, "calls_outbound", quantity, used=used, currency="USD")
    left = max(120_000 - used, 0)
    assert charge.included == min(quantity, left)
    exact = (quantity - charge.included) * Fraction(3, 100) / 60 * 1_000_000
    assert abs(charge.amount.micro - exact) <= Fraction(1, 2)


def test_a_rate_below_a_micro_unit_keeps_its_fraction_until_the_line_is_charged() -> None:
    one = rating.rate(GROWTH, "tokens_in", 1, used=0, currency="USD")
    thousand = rating.rate(GROWTH, "tokens_in", 1_000, used=0, currency="USD")
    assert one.amount == Money(3, "USD"), "2.5 micro-units, rounded half up"
    assert thousand.amount == Money(2_500, "USD"), "not a thousand times the rounded one"


def test_the_allowance_of_the_period_goes_first(app: Flask) -> None:
    organization = on_growth()
    assert usage_reports.record(organization, "a", calls(119_940), at=at("2026-11-10 12:00")) == usd("0")
    assert usage_reports.record(organization, "b", calls(120), at=at("2026-11-10 13:00")) == usd("0.03")
    db.session.commit()
    assert wallet_of(organization).available == usd("99.97")


def test_the_next_period_has_an_allowance_of_its_own(app: Flask) -> None:
    organization = on_growth()
    usage_reports.record(organization, "a", calls(120_000), at=at("2026-11-10 12:00"))
    december = [Used("calls_outbound", 60, date(2026, 12, 1))]
    assert usage_reports.record(organization, "b", december, at=at("2026-12-01 12:00")) == usd("0")


@pytest.mark.parametrize("seconds", [60, 150_000])
def test_the_same_report_twice_costs_and_uses_nothing_more(app: Flask, seconds: int) -> None:
    organization = on_growth()
    first = usage_reports.record(organization, "report-1", calls(seconds), at=at("2026-11-10 12:00"))
    assert usage_reports.record(organization, "report-1", calls(seconds), at=at("2026-11-10 12:05")) == usd(
        "0"
    )
    db.session.commit()
    assert wallet_of(organization).available == usd("100") - first
    assert db.session.scalar(db.select(Allowance.used)) == min(seconds, 120_000)


def test_what_was_used_is_charged_below_zero_and_pauses_calling(app: Flask) -> None:
    organization = on_growth("1", alert="0.50")
    usage_reports.record(organization, "a", calls(121_500), at=at("2026-11-10 12:00"))
    assert wallet_of(organization).state is CallingState.LOW
    usage_reports.record(organization, "b", calls(2_000), at=at("2026-11-10 13:00"))
    db.session.commit()
    wallet = wallet_of(organization)
    assert wallet.available == usd("-0.75")
    assert wallet.state is CallingState.PAUSED
    assert wallet.paused_at == at("2026-11-10 13:00")
    assert verification.check() == []


def test_an_unknown_meter_is_refused_by_name_and_charges_nothing(app: Flask) -> None:
    organization = on_growth()
    with pytest.raises(CatalogError, match="carrier_pigeons"):
        usage_reports.record(
            organization, "a", [Used("carrier_pigeons", 1, date(2026, 11, 10))], at=at("2026-11-10 12:00")
        )
    db.session.rollback()
    assert wallet_of(organization).available == usd("100")


def test_spending_adds_up_by_group_by_day_by_campaign_and_by_agent(app: Flask) -> None:
    organization = on_growth()
    today = date.today()
    subscription = db.session.get_one(subscriptions.Subscription, (organization.id,))
    subscription.period_start, subscription.period_end = today.replace(day=1), today
    subscription.anchor = at(f"{today:%Y-%m}-01 12:00")
    used = [
        Used("calls_outbound", 126_000, today, "Recall", "Ava"),
        Used("calls_outbound", 6_000, today, "Reminders", "Noah"),
        Used("sms", 600, today, "Recall", "Ava"),
    ]
    cost = usage_reports.record(organization, "a", used, at=at(f"{today} 00:00"))
    db.session.commit()
    days = timedelta(days=2)
    now, before = Range(today - days, today), Range(today - 3 * days, today - 2 * days)
    campaigns, agents, meters = (
        usage_report.gather(organization, Asked(now, before, by)) for by in ("campaign", "agent", "meter")
    )
    assert campaigns.total.cost == cost == usd("6.98")
    assert [(group.value, one.cost) for group, one in campaigns.groups.items()] == [
        ("calling", usd("6")),
        ("telephony", usd("0.98")),
        ("models", usd("0")),
    ]
    assert sum((day.total.micro for day in campaigns.days), 0) == cost.micro
    assert {row.name: row.compared.cost for row in campaigns.rows} == {
        "Recall": usd("3.98"),
        "Reminders": usd("3"),
    }
    assert sum((row.compared.cost.micro for row in agents.rows), 0) == cost.micro
    calling = next(row for row in meters.rows if row.name == "calls_outbound").used
    assert calling is not None
    assert (calling.amount, calling.unit) == (2200, "min")
