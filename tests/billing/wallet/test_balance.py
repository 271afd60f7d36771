"""The balance: three figures that explain each other, and how long they last."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing.wallet import balance, holds
from app.billing.wallet.calls_in_progress import PAGE
from app.clock import utc_now
from app.extensions import db
from app.models import Hold, HoldState, Organization, TransferKind, UsageDaily
from app.money import Money
from tests.factories import an_organization, give_credit, usd
from tests.support.database import another_session
from tests.support.moving import post

LEASE = timedelta(minutes=5)


def spent(organization: Organization, amount: str, *, days_ago: int, meter: str = "sms") -> None:
    """Usage in the daily totals, so many of the organization's own days ago."""
    today = organization.local_day()
    day = today - timedelta(days=days_ago)
    db.session.add(
        UsageDaily(
            org_id=organization.id,
            day=day,
            meter=meter,
            campaign="",
            agent="",
            posted_on=today,
            is_correction=False,
            quantity=1,
            included=0,
            amount_micro=usd(amount).micro,
        )
    )
    db.session.commit()


class TestPace:
    def test_it_is_of_seven_whole_days_without_today(self, app: Flask) -> None:
        organization = an_organization()
        for days_ago, amount in ((0, "100"), (1, "1"), (7, "2"), (8, "200")):
            spent(organization, amount, days_ago=days_ago)
        assert balance.pace_of(organization) == usd("3")
        first, last = balance.pace_window(organization)
        assert (last - first).days == 6

    def test_what_another_organization_spends_is_no_part_of_it(self, app: Flask) -> None:
        organization = an_organization()
        spent(an_organization(), "5", days_ago=1)
        assert balance.pace_of(organization) == usd("0")

    def test_a_correction_takes_from_it(self, app: Flask) -> None:
        organization = an_organization()
        spent(organization, "5", days_ago=1)
        spent(organization, "-2", days_ago=2, meter="calls_outbound")
        assert balance.pace_of(organization) == usd("3")


class TestRunway:
    @pytest.mark.parametrize(
        ("credit", "pace", "hours"),
        [("7", "7", 168), ("1", "168", 1), ("1", "168.01", 0), ("0.01", "1", 1)],
    )
    def test_it_is_in_whole_hours_rounded_down(self, app: Flask, credit: str, pace: str, hours: int) -> None:
        runway = balance.gather(an_organization(credit=credit), pace=usd(pace)).runway
        assert runway is not None
        assert runway.hours == hours

    @pytest.mark.parametrize(("credit", "pace"), [("0", "7"), ("7", "0"), ("7", "-1")])
    def test_without_credit_or_spending_there_is_none(self, app: Flask, credit: str, pace: str) -> None:
        assert balance.gather(an_organization(credit=credit), pace=usd(pace)).runway is None

    def test_a_crawl_that_lasts_for_ever_ends_within_ten_years(self, app: Flask) -> None:
        runway = balance.gather(an_organization(credit="5000"), pace=Money(1, "USD")).runway
        assert runway is not None
        assert runway.hours == 5_000_000_000 * 168
        assert runway.runs_out_at <= utc_now() + timedelta(days=3650)


class TestGathered:
    def test_available_is_posted_less_held_and_may_be_below_zero(self, app: Flask) -> None:
        organization = an_organization(credit="10")
        holds.reserve(organization.id, "call-1", usd("4"), at=utc_now(), lease=LEASE)
        found = balance.gather(organization)
        assert (found.available, found.posted, found.held) == (usd("6"), usd("10"), usd("4"))
        assert ([one.call for one in found.calls], found.call_count) == (["call-1"], 1)
        assert not found.is_negative
        post(organization, TransferKind.REFUND, usd("10"), utc_now(), out=True)
        found = balance.gather(organization)
        assert (found.available, found.is_negative) == (usd("-4"), True)

    def test_a_new_organization_has_nothing_and_that_is_not_below_zero(self, app: Flask) -> None:
        found = balance.gather(an_organization())
        assert (found.available, found.calls, found.call_count, found.is_negative) == (usd("0"), (), 0, False)
        assert found.missing == usd("10")

    def test_only_so_many_calls_are_listed_and_all_are_counted(self, app: Flask) -> None:
        organization = an_organization(credit="10")
        now = utc_now()
        db.session.add_all(
            Hold(
                org_id=organization.id,
                key=f"call-{n}",
                amount_micro=0,
                created_at=now,
                expires_at=now + LEASE,
            )
            for n in range(PAGE + 1)
        )
        found = balance.gather(organization)
        assert (len(found.calls), found.call_count) == (PAGE, PAGE + 1)

    def test_a_lease_that_is_over_is_written_down_and_committed(self, app: Flask) -> None:
        organization = an_organization(credit="4")
        holds.reserve(organization.id, "call-1", usd("4"), at=utc_now() - LEASE, lease=LEASE)
        holds.reserve(organization.id, "free", usd("0"), at=utc_now(), lease=LEASE)
        db.session.commit()
        found = balance.gather(organization)
        assert (found.available, found.call_count) == (usd("4"), 1)
        another_session()
        assert holds.find(organization.id, "call-1").state is HoldState.EXPIRED

    def test_calls_of_another_organization_are_not_in_it(self, app: Flask) -> None:
        organization, other = an_organization(credit="10"), an_organization(credit="10")
        holds.reserve(other.id, "theirs", usd("4"), at=utc_now(), lease=LEASE)
        found = balance.gather(organization)
        assert (found.held, found.calls, found.call_count) == (usd("0"), (), 0)

    def test_a_clawback_that_took_the_last_of_the_credit_is_named(self, app: Flask) -> None:
        organization = an_organization(credit="10")
        post(organization, TransferKind.REFUND, usd("4"), utc_now(), out=True)
        assert balance.gather(organization).paused_by is None
        post(organization, TransferKind.DISPUTE, usd("6"), utc_now(), out=True)
        assert balance.gather(organization).paused_by is TransferKind.DISPUTE
        give_credit(organization, "5", at=utc_now())
        found = balance.gather(organization)
        assert (found.paused_by, found.paused_since) == (None, None)
