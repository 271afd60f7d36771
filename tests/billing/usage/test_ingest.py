"""Batches of usage: each event once, refused ones named, rated by their own time, corrected by differences."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from app.billing.plans import terms
from app.billing.usage import ingest
from app.billing.usage.events import Reported
from app.billing.wallet import verification
from app.extensions import db
from app.models import Allowance, CallingState, Organization, Transfer, UsageDaily, UsageEvent, Wallet
from app.money import Money
from tests.factories import an_organization, at, usd
from tests.support import subscriptions
from tests.support.database import inside
from tests.support.metering import NOW, an_event, on_growth, take
from tests.support.subscriptions import Period


def posted(organization: Organization) -> Money:
    return db.session.get_one(Wallet, (organization.id,), populate_existing=True).posted


def counted(model: Any) -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(model)) or 0


class TestOnce:
    def test_a_batch_sent_twice_is_taken_once(self, app: Flask) -> None:
        organization = on_growth()
        batch = [an_event(organization, f"e{n}", 1_000_000) for n in range(3)]
        assert take(*batch).accepted == 3
        again = take(*reversed(batch))
        assert (again.accepted, again.duplicates, dict(again.costs)) == (0, 3, {})
        assert posted(organization) == usd("100") - usd("28.50")
        assert counted(UsageEvent) == 3

    def test_an_event_twice_in_one_batch_is_taken_once(self, app: Flask) -> None:
        organization = on_growth()
        receipt = take(an_event(organization), an_event(organization))
        assert (receipt.accepted, receipt.duplicates) == (1, 1)

    @pytest.mark.parametrize("together", [True, False])
    def test_the_same_id_with_other_content_is_refused_and_named(self, app: Flask, together: bool) -> None:
        organization = on_growth()
        first, other = an_event(organization), an_event(organization, quantity=61)
        refused = (take(first, other) if together else (take(first), take(other))[1]).refused
        assert [(one.field, one.index) for one in refused] == [("id", 1 if together else 0)]
        assert "already accepted with different content" in refused[0].reason
        assert counted(UsageEvent) == 1

    def test_the_same_id_of_another_organization_or_source_is_another_event(self, app: Flask) -> None:
        one, other = on_growth(), on_growth()
        elsewhere = Reported(0, one.id, "elsewhere", "e1", "tokens_out", 60, NOW)
        assert take(an_event(one), an_event(other), elsewhere).accepted == 3

    def test_many_connections_record_each_event_once(self, app: Flask) -> None:
        organizations = [on_growth() for _ in range(3)]
        ids = [organization.id for organization in organizations]

        def send(seed: int) -> None:
            with inside(app):
                events = [an_event(ids[n % 3], f"e{n}", 1_000_000) for n in range(30)]
                ingest.ingest(events if seed % 2 else events[::-1], at=NOW)
                db.session.commit()

        threads = [Thread(target=send, args=(seed,)) for seed in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        db.session.rollback()
        assert counted(UsageEvent) == 30
        assert [posted(organization) for organization in organizations] == [usd("5")] * 3
        assert verification.check() == []


class TestRefused:
    @pytest.mark.parametrize(
        ("field", "changes"),
        [
            ("meter", {"meter": "carrier_pigeons"}),
            ("quantity", {"quantity": -1}),
            ("quantity", {"quantity": 100_000_001}),
            ("quantity", {"quantity": 86_401, "meter": "calls_inbound"}),
            ("quantity", {"quantity": 10**13}),
            ("time", {"when": NOW + timedelta(minutes=6)}),
            ("time", {"when": NOW - timedelta(days=36)}),
            ("id", {"id": "a\0b"}),
            ("id", {"id": ""}),
            ("call", {"call": "x" * 256}),
            ("corrects", {"corrects": ("platform", "never")}),
            ("corrects", {"corrects": ("platform", "a\0b")}),
            ("corrects", {"corrects": ("", "e1")}),
            ("id", {"id": "\ud800"}),
        ],
    )
    def test_one_bad_event_is_named_and_the_others_are_taken(
        self, app: Flask, field: str, changes: dict[str, Any]
    ) -> None:
        organization = on_growth()
        bad = an_event(organization, **{"id": "bad", **changes})
        receipt = take(an_event(organization, "a"), bad, an_event(organization, "b"))
        assert (receipt.accepted, [(one.index, one.field) for one in receipt.refused]) == (2, [(1, field)])
        assert receipt.refused[0].reason.endswith(".")

    def test_an_unknown_organization_is_named(self, app: Flask) -> None:
        organization = on_growth()
        receipt = take(an_event(uuid4()), an_event(organization))
        assert (receipt.accepted, receipt.refused[0].field) == (1, "organization")

    def test_clocks_may_differ_by_five_minutes(self, app: Flask) -> None:
        assert take(an_event(on_growth(), when=NOW + timedelta(minutes=5))).accepted == 1


class TestRated:
    def test_a_batch_posts_one_transfer_for_each_organization_and_group(self, app: Flask) -> None:
        one, other = on_growth(), on_growth()
        before = counted(Transfer)
        events = [an_event(one, f"a{n}", 1_000_000) for n in range(5)]
        events += [an_event(one, f"b{n}", meter="calls_outbound_international") for n in range(5)]
        events += [an_event(other, f"c{n}", 1_000_000) for n in range(5)]
        take(*events)
        assert counted(Transfer) - before == 3

    def test_meters_that_share_an_allowance_use_it_up_together(self, app: Flask) -> None:
        organization = on_growth()
        take(an_event(organization, "a", 60_000, meter="calls_outbound"))
        take(an_event(organization, "b", 59_940, meter="calls_outbound"))
        receipt = take(an_event(organization, "in", 120, meter="calls_inbound"))
        assert receipt.costs[organization.id] == 25_000, "one minute at 0.025"

    def test_a_short_call_counts_as_the_minimum_and_in_whole_steps(self, app: Flask) -> None:
        organization = on_growth()
        meter = "calls_outbound_international"
        take(an_event(organization, "a", 1, meter=meter), an_event(organization, "b", 31, meter=meter))
        take(an_event(organization, "c", 0, meter=meter))
        billable = db.session.scalars(db.select(UsageEvent.billable).order_by(UsageEvent.event_id)).all()
        assert list(billable) == [30, 36, 0]

    def test_a_tier_is_passed_within_a_line_and_between_lines(self, app: Flask) -> None:
        organization = an_organization(credit="9000")
        subscriptions.subscribe(organization, "scale", period=Period(date(2026, 11, 1), date(2026, 12, 1)))
        take(an_event(organization, "a", 49_999_000, meter="text_to_speech"))
        second = take(an_event(organization, "b", 2_000, meter="text_to_speech"))
        third = take(an_event(organization, "c", 1_000, meter="text_to_speech"))
        assert second.costs[organization.id] == 12_000 + 10_000
        assert third.costs[organization.id] == 10_000

    def test_late_usage_takes_the_allowance_and_the_plan_of_its_own_time(self, app: Flask) -> None:
        organization = on_growth()
        terms.start_plan(organization, "scale", at("2026-11-09 00:00"))
        db.session.commit()
        before, since = at("2026-11-08 23:59"), at("2026-11-09 00:00")
        take(
            an_event(organization, "a", 1_000_000, when=before),
            an_event(organization, "b", 1_000_000, when=since),
        )
        rows = db.session.execute(
            db.select(UsageEvent.plan, UsageEvent.amount_micro).order_by(UsageEvent.event_id)
        )
        assert [tuple(row) for row in rows] == [("growth", 9_500_000), ("scale", 7_500_000)]
        october = an_event(organization, "c", 60, meter="calls_outbound", when=at("2026-10-31 12:00"))
        take(october)
        periods = db.session.scalars(db.select(Allowance.period_start).distinct())
        assert set(periods) == {date(2026, 10, 1), date(2026, 11, 1)}

    def test_a_plan_that_was_changed_on_the_day_rates_each_event_by_its_own_and_makes_one_total(
        self, app: Flask
    ) -> None:
        organization = on_growth()
        terms.start_plan(organization, "scale", at("2026-11-10 06:00"))
        before, after = at("2026-11-10 05:00"), at("2026-11-10 07:00")
        receipt = take(
            an_event(organization, "before", 1_000_000, when=before),
            an_event(organization, "after", 1_000_000, when=after),
        )
        assert receipt.costs[organization.id] == 9_500_000 + 7_500_000
        (total,) = db.session.scalars(db.select(UsageDaily)).all()
        assert total.quantity == 2_000_000

    def test_what_comes_late_is_posted_today_and_names_its_own_day(self, app: Flask) -> None:
        organization = on_growth()
        take(an_event(organization, "a", 1_000_000, when=at("2026-11-03 12:00")))
        total = db.session.scalars(db.select(UsageDaily)).one()
        assert (total.day, total.posted_on) == (date(2026, 11, 3), date(2026, 11, 10))

    def test_spending_below_zero_pauses_in_the_same_transaction(self, app: Flask) -> None:
        organization = on_growth("5", alert="3")
        take(an_event(organization, "a", 300_000))
        assert db.session.get_one(Wallet, (organization.id,)).state is CallingState.LOW
        take(an_event(organization, "b", 1_000_000))
        wallet = db.session.get_one(Wallet, (organization.id,))
        assert (wallet.state, wallet.paused_at, wallet.posted) == (CallingState.PAUSED, NOW, usd("-7.35"))
