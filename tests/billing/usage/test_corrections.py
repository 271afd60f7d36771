"""Corrections: differences, by which a period ends as if the right quantities had been reported at first."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from flask import Flask

from app.billing.activity import history
from app.billing.activity.filters import Filters
from app.billing.usage.ingest import Receipt
from app.extensions import db
from app.models import Allowance, Organization, TransferKind, UsageDaily, UsageEvent, Wallet, WalletLine
from app.money import Money
from tests.factories import at, usd
from tests.support.metering import NOW, an_event, on_growth, take

E1 = ("platform", "e1")


def posted(organization: Organization) -> Money:
    return db.session.get_one(Wallet, (organization.id,), populate_existing=True).posted


class TestCorrected:
    def used(self, organization: Organization, quantity: int) -> None:
        """So much, of which the event to be corrected was the last 60,000 seconds and more."""
        take(an_event(organization, "before", 60_000, meter="calls_outbound"))
        take(an_event(organization, quantity=quantity - 60_000, meter="calls_outbound", campaign="Recall"))

    def corrected(self, organization: Organization, quantity: int, id: str = "fix", **names: Any) -> Receipt:
        names = {"meter": "calls_outbound"} | names
        return take(an_event(organization, id, quantity, corrects=("platform", "e1"), **names))

    def test_less_gives_back_what_was_paid_first_and_then_the_allowance(self, app: Flask) -> None:
        organization = on_growth()
        self.used(organization, 120_060)
        assert self.corrected(organization, 59_940).costs[organization.id] == -30_000
        assert posted(organization) == usd("100")
        assert (
            db.session.get_one(Allowance, (organization.id, date(2026, 11, 1), "call_minutes")).used
            == 119_940
        )
        first = next(history.list_all_entries(organization, Filters()))
        assert (first.kind, first.detail, first.amount) == (
            TransferKind.ADJUSTMENT,
            "Outbound calls, US and Canada on Nov 10, 2026, corrected",
            usd("0.03"),
        )

    def test_more_is_charged_as_usage_of_the_same_time(self, app: Flask) -> None:
        organization = on_growth()
        self.used(organization, 120_000)
        assert self.corrected(organization, 60_120).costs[organization.id] == 60_000
        assert posted(organization) == usd("99.94")

    def test_a_second_correction_differs_from_the_first(self, app: Flask) -> None:
        organization = on_growth()
        self.used(organization, 120_600)
        self.corrected(organization, 0)
        assert posted(organization) == usd("100")
        self.corrected(organization, 60_060, "again")
        assert posted(organization) == usd("99.97")
        assert db.session.scalar(db.select(db.func.sum(UsageDaily.quantity))) == 120_060

    def test_one_sent_twice_counts_once_and_may_come_with_what_it_corrects(self, app: Flask) -> None:
        organization = on_growth()
        original = an_event(organization, quantity=1_000_000)
        fix = an_event(organization, "fix", 500_000, corrects=("platform", "e1"))
        assert take(fix, original).accepted == 2
        assert take(original, fix).duplicates == 2
        assert posted(organization) == usd("95.25")

    def test_what_it_names_has_to_be_usage_of_the_same_meter(self, app: Flask) -> None:
        organization = on_growth()
        take(an_event(organization, quantity=1_000_000))
        refused = self.corrected(organization, 5).refused
        assert refused[0].field == "meter"
        self.corrected(organization, 5, meter="tokens_out")
        of_a_correction = an_event(organization, "x", 1, corrects=("platform", "fix"))
        assert take(of_a_correction).refused[0].field == "corrects"

    def test_another_organizations_event_can_not_be_corrected(self, app: Flask) -> None:
        one, other = on_growth(), on_growth()
        take(an_event(one, quantity=1_000_000))
        assert take(an_event(other, "fix", 1, corrects=("platform", "e1"))).refused[0].field == "corrects"


class TestLatest:
    """Which of several corrections of an event counts."""

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_the_one_of_the_latest_time_counts_whichever_came_first(
        self, app: Flask, order: tuple[int, ...]
    ) -> None:
        organization = on_growth()
        take(an_event(organization, quantity=1_000_000))
        fixes = [
            an_event(organization, f"fix-{n}", n * 200_000, when=NOW + timedelta(seconds=n), corrects=E1)
            for n in range(3)
        ]
        for n in order:
            take(fixes[n])
        assert posted(organization) == usd("100") - usd("3.80"), "400,000 at 9.50 a million"

    def test_of_the_same_time_the_last_to_come_counts(self, app: Flask) -> None:
        organization = on_growth()
        take(an_event(organization, quantity=1_000_000))
        take(*[an_event(organization, f"fix-{n}", n, corrects=E1) for n in (500_000, 200_000)])
        assert posted(organization) == usd("98.10")

    def test_one_that_is_outdated_is_recorded_and_changes_nothing(self, app: Flask) -> None:
        organization = on_growth()
        take(an_event(organization, quantity=1_000_000))
        take(an_event(organization, "new", 0, corrects=E1))
        receipt = take(an_event(organization, "old", 7, when=NOW - timedelta(seconds=1), corrects=E1))
        assert (receipt.accepted, receipt.costs[organization.id]) == (1, 0)
        assert posted(organization) == usd("100")


class TestRecorded:
    def test_it_names_what_the_event_named_whatever_it_names_itself(self, app: Flask) -> None:
        organization = on_growth()
        take(an_event(organization, quantity=1_000_000, campaign="Recall", agent="Ava", call="c1"))
        take(an_event(organization, "fix", 1, campaign="Other", agent="Noah", call="c2", corrects=E1))
        row = db.session.scalars(db.select(UsageEvent).where(UsageEvent.event_id == "fix")).one()
        assert (row.campaign, row.agent, row.call, row.quantity) == ("Recall", "Ava", "c1", -999_999)

    def test_it_belongs_to_the_day_of_use_and_stands_apart_from_it(self, app: Flask) -> None:
        organization = on_growth()
        used = at("2026-11-03 12:00")
        take(an_event(organization, quantity=1_000_000, when=used))
        take(an_event(organization, "fix", 0, corrects=E1))
        query = db.select(UsageDaily.day, UsageDaily.is_correction, UsageDaily.quantity)
        assert [tuple(row) for row in db.session.execute(query.order_by(UsageDaily.is_correction))] == [
            (date(2026, 11, 3), False, 1_000_000),
            (date(2026, 11, 3), True, -1_000_000),
        ]

    def test_the_line_says_which_call_was_corrected(self, app: Flask) -> None:
        organization = on_growth()
        take(an_event(organization, quantity=1_000_000, call="c1"))
        take(an_event(organization, "fix", 0, corrects=E1))
        query = db.select(WalletLine.detail).where(WalletLine.kind == TransferKind.ADJUSTMENT)
        assert db.session.scalars(query).all() == ["Output tokens on Nov 10, 2026, call c1, corrected"]

    def test_one_that_costs_nothing_makes_no_line(self, app: Flask) -> None:
        organization = on_growth()
        take(an_event(organization, quantity=60, meter="calls_outbound"))
        assert take(an_event(organization, "fix", 30, meter="calls_outbound", corrects=E1)).accepted == 1
        query = db.select(WalletLine).where(WalletLine.kind == TransferKind.ADJUSTMENT)
        assert db.session.scalars(query).all() == []

    def test_the_minimum_and_the_step_are_of_the_right_quantity(self, app: Flask) -> None:
        organization, meter = on_growth(), "calls_outbound_international"
        take(an_event(organization, quantity=90, meter=meter))
        costs = [
            take(an_event(organization, f"fix-{n}", n, meter=meter, corrects=E1)).costs[organization.id]
            for n in (31, 1, 0)
        ]
        per_second = 160_000 / 60
        assert costs == [round(-54 * per_second), round(-6 * per_second), round(-30 * per_second)]
