"""A line costs its units times the rate, however it was reported; and corrections lead to the same end in any order."""

from __future__ import annotations

import os
from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.billing import statements
from app.billing.plans import terms
from app.billing.usage.events import Reported
from app.billing.wallet import verification
from app.extensions import db
from app.models import Allowance, Organization, UsageDaily, UsageEvent, Wallet
from app.months import Month
from tests.billing.usage.model import allowance, price, tiers_of
from tests.factories import an_organization, at
from tests.support.examples import examples
from tests.support.metering import NOW, an_event, on_growth, take

EXAMPLES = examples("METERING_EXAMPLES", 15)
"""METERING_EXAMPLES=1000 looks deeper, elsewhere each time."""

deeply = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="METERING_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)


def posted(organization: Organization) -> int:
    return db.session.get_one(Wallet, (organization.id,), populate_existing=True).posted_micro


def in_batches(events: list[Reported], cuts: list[int]) -> None:
    """Report events in batches of the sizes of `cuts`, over and over."""
    sizes, start = cuts or [len(events) or 1], 0
    while start < len(events):
        for size in sizes:
            if events[start : start + size]:
                take(*events[start : start + size])
            start += size


class TestTinyEvents:
    @pytest.mark.parametrize("size", [1, 7, 100])
    def test_a_hundred_events_of_one_token_cost_what_one_of_a_hundred_does(
        self, app: Flask, size: int
    ) -> None:
        organization = on_growth()
        before = posted(organization)
        in_batches([an_event(organization, f"e{n}", 1, meter="tokens_in") for n in range(100)], [size])
        assert before - posted(organization) == 250
        found = statements.gather(organization, Month(2026, 11))
        assert [(one.quantity.count, one.cost.micro) for one in found.usage] == [(100, 250)]

    def test_each_rate_of_a_period_has_a_line_of_its_own(self, app: Flask) -> None:
        organization = on_growth()
        terms.start_plan(organization, "scale", at("2026-11-09 00:00"))
        db.session.commit()
        old, new = at("2026-11-08 12:00"), at("2026-11-09 12:00")
        # One of each plan in turn: 2.5 and 1.95 a token.
        events = [
            an_event(organization, f"e{n}", 1, meter="tokens_in", when=(old, new)[n % 2]) for n in range(40)
        ]
        take(*events)
        assert costs_of(organization) == {("tokens_in", "growth"): 50, ("tokens_in", "scale"): 39}

    def test_what_was_charged_before_there_were_lines_is_not_charged_again(self, app: Flask) -> None:
        organization = on_growth()
        take(*[an_event(organization, f"e{n}", 1, meter="tokens_in") for n in range(10)])
        db.session.execute(db.text("UPDATE allowance SET lines = '{}'"))
        before = posted(organization)
        take(an_event(organization, "more", 10, meter="tokens_in"))
        assert before - posted(organization) == 25
        take(an_event(organization, "fix", 0, meter="tokens_in", corrects=("platform", "e0")))
        assert abs(posted(organization) - before + 25 - 2.5) <= 0.5

    def test_a_line_is_exact_whatever_it_is_made_of(self, app: Flask) -> None:
        @deeply
        @given(
            used=st.lists(
                st.tuples(
                    st.sampled_from(["tokens_in", "tokens_out", "speech_to_text", "calls_inbound", "sms"]),
                    st.one_of(st.integers(0, 5), st.integers(0, 86_400 // 9)),
                    st.sampled_from(["", "Recall", "Reminders"]),
                    st.integers(0, 6),
                ),
                min_size=1,
                max_size=30,
            ),
            cuts=st.lists(st.integers(1, 9), max_size=3),
            changes=st.booleans(),
        )
        def holds(used: list[tuple[str, int, str, int]], cuts: list[int], changes: bool) -> None:
            organization = on_growth("9000")
            if changes:
                terms.start_plan(organization, "scale", NOW - timedelta(days=3))
                db.session.commit()
            events = [
                an_event(
                    organization,
                    f"e{n}",
                    quantity,
                    meter=meter,
                    campaign=campaign or None,
                    when=NOW - timedelta(days=days),
                )
                for n, (meter, quantity, campaign, days) in enumerate(used)
            ]
            before = posted(organization)
            in_batches(events, cuts)
            costs = costs_of(organization)
            assert costs == exact_costs(organization)
            assert sum(costs.values()) == before - posted(organization)
            assert statement_costs(organization) == by_meter(costs)
            within_a_micro_unit(organization)

        holds()


def costs_of(organization: Organization) -> dict[tuple[str, str], int]:
    """What events of the period cost together, by meter and plan."""
    event = UsageEvent
    query = (
        db.select(event.meter, event.plan, db.func.sum(event.amount_micro))
        .where(event.org_id == organization.id)
        .group_by(event.meter, event.plan)
    )
    return {(meter, plan): int(cost) for meter, plan, cost in db.session.execute(query)}


def exact_costs(organization: Organization) -> dict[tuple[str, str], int]:
    """Units times rate, rounded once: from what the events say was charged of them. No tier is passed here."""
    event = UsageEvent
    query = (
        db.select(event.meter, event.plan, db.func.sum(event.billable - event.included))
        .where(event.org_id == organization.id)
        .group_by(event.meter, event.plan)
    )
    return {
        (meter, plan): price(plan, meter, [int(charged)] + [0] * (len(tiers_of(plan, meter)) - 1))
        for meter, plan, charged in db.session.execute(query)
    }


def statement_costs(organization: Organization) -> dict[str, int]:
    query = (
        db.select(UsageDaily.meter, db.func.sum(UsageDaily.amount_micro))
        .where(UsageDaily.org_id == organization.id)
        .group_by(UsageDaily.meter)
    )
    return {meter: int(cost) for meter, cost in db.session.execute(query)}


def by_meter(costs: dict[tuple[str, str], int]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for (meter, _), cost in costs.items():
        found[meter] += cost
    return dict(found)


def within_a_micro_unit(organization: Organization) -> None:
    """Each event is within one micro-unit of its own units times the rate."""
    for one in db.session.scalars(db.select(UsageEvent).filter_by(org_id=organization.id)):
        exact = (one.billable - one.included) * tiers_of(one.plan, one.meter)[0][1]
        assert abs(one.amount_micro - exact) < 1


class TestCorrections:
    @pytest.mark.parametrize("first", [0, 1])
    def test_which_event_is_corrected_makes_no_difference(self, app: Flask, first: int) -> None:
        organization = an_organization(credit="10")
        take(*[an_event(organization, f"e{n}", 50, meter="sms") for n in range(2)])
        assert posted(organization) == 10_000_000 - 600_000
        take(an_event(organization, "fix", 0, meter="sms", corrects=("platform", f"e{first}")))
        assert posted(organization) == 10_000_000
        take(an_event(organization, "other", 0, meter="sms", corrects=("platform", f"e{1 - first}")))
        take(an_event(organization, "again", 120, meter="sms", corrects=("platform", "e0")))
        assert posted(organization) == 10_000_000 - 70 * 12_000

    def test_what_an_allowance_has_again_goes_to_what_was_charged_for(self, app: Flask) -> None:
        """3,000 s are included: outbound used them, inbound was charged for. Outbound was less: inbound is covered."""
        organization = an_organization(credit="10")
        take(an_event(organization, "out", 3_000, meter="calls_outbound"))
        take(an_event(organization, "in", 600, meter="calls_inbound"))
        assert posted(organization) == 10_000_000 - 400_000
        receipt = take(
            an_event(organization, "fix", 2_550, meter="calls_outbound", corrects=("platform", "out"))
        )
        assert receipt.costs[organization.id] == -300_000
        (row,) = db.session.scalars(db.select(UsageEvent).filter_by(event_id="fix"))
        assert (row.quantity, row.billable, row.included, row.amount_micro) == (-450, -450, 0, -300_000)
        assert counts_of(organization)["call_minutes"] == (3_000, 0)
        assert counts_of(organization)["calls_inbound"] == (0, 150)

    @pytest.mark.parametrize(
        "pool", [("sms",), ("tokens_in",), ("calls_outbound_international",), ("text_to_speech",)]
    )
    def test_a_pool_of_one_meter_ends_as_if_it_had_been_right_at_first(
        self, app: Flask, pool: tuple[str]
    ) -> None:
        self.ends_alike(pool, exactly=True)

    def test_a_shared_pool_ends_with_the_same_units_charged_and_costs_within_the_rates(
        self, app: Flask
    ) -> None:
        self.ends_alike(("calls_outbound", "calls_inbound"), exactly=False)

    def ends_alike(self, meters: tuple[str, ...], *, exactly: bool) -> None:
        quantities = st.one_of(st.integers(0, 90), st.integers(0, 2_500))

        @deeply
        @given(
            used=st.lists(st.tuples(st.sampled_from(meters), quantities), min_size=1, max_size=7),
            corrections=st.lists(st.tuples(st.integers(0, 6), quantities), max_size=9),
            order=st.randoms(use_true_random=False),
            cuts=st.lists(st.integers(1, 4), max_size=3),
        )
        def holds(used: Any, corrections: Any, order: Any, cuts: list[int]) -> None:
            messy, clean = an_organization(credit="9000"), an_organization(credit="9000")
            events = [
                an_event(messy, f"e{n}", quantity, meter=meter) for n, (meter, quantity) in enumerate(used)
            ]
            right = {n: quantity for n, (_, quantity) in enumerate(used)}
            fixes = []
            for number, (which, quantity) in enumerate(corrections):
                n = which % len(used)
                right[n] = quantity
                corrects = ("platform", f"e{n}")
                when = NOW + timedelta(seconds=number)
                fixes.append(
                    an_event(messy, f"f{number}", quantity, meter=used[n][0], when=when, corrects=corrects)
                )
            order.shuffle(events)
            in_batches(mixed(events, fixes, order), cuts)
            in_batches([an_event(clean, f"e{n}", right[n], meter=used[n][0]) for n in right], cuts)
            ended, expected = counts_of(messy), counts_of(clean)
            if exactly:
                assert (posted(messy), ended) == (posted(clean), expected)
            else:
                beyond = sum(right.values()) - allowance("starter", "call_minutes")
                rates = [tiers_of("starter", meter)[0][1] for meter in meters]
                assert ended.get("call_minutes") == expected.get("call_minutes")
                assert charged(ended) == charged(expected) == max(beyond, 0)
                bound = max(beyond, 0) * (max(rates) - min(rates)) + len(meters)
                assert abs(posted(messy) - posted(clean)) <= bound
            assert verification.check() == []

        holds()


def mixed(events: list[Reported], fixes: list[Reported], order: Any) -> list[Reported]:
    """Events and their corrections in any order in which each correction comes behind the event that it names."""
    found = list(events)
    for fix in fixes:
        named = next(n for n, one in enumerate(found) if one.id == (fix.corrects or ("", ""))[1])
        found.insert(order.randint(named + 1, len(found)), fix)
    return found


def counts_of(organization: Organization) -> dict[str, tuple[int, int]]:
    rows = db.session.scalars(
        db.select(Allowance).filter_by(org_id=organization.id).execution_options(populate_existing=True)
    )
    return {row.meter: (row.used, row.charged) for row in rows if row.used or row.charged}


def charged(counts: dict[str, tuple[int, int]]) -> int:
    return sum(units for _, units in counts.values())
