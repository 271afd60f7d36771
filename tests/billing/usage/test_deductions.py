"""Units that turn out not to be used: those that were charged for go first, and the dearest are covered first."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.billing.catalog import rating
from app.billing.plans import terms
from app.billing.usage import deductions
from app.billing.usage.rater import Rater, RatingContext, RatingLine
from app.extensions import db
from app.money import Money
from tests.factories import usd
from tests.support.metering import NOW, on_growth

INCLUDED = 120_000
"""Seconds of calls that Growth includes, outbound at 0.03 and inbound at 0.025 a minute beyond them."""


def lines_of(*meters: str) -> tuple[Rater, list[RatingLine]]:
    """Lines of a period in which nothing is used yet."""
    organization = on_growth()
    [billing] = terms.get_billing_contexts([organization.id]).values()
    rater = Rater({organization.id: RatingContext.of(organization.id, billing)})
    lines = [rater.line(organization.id, meter, NOW) for meter in meters]
    for line in lines:
        deductions.siblings(line)
    rater.read()
    return rater, lines


def test_units_that_were_charged_go_before_those_that_were_included(app: Flask) -> None:
    rater, [line] = lines_of("calls_outbound")
    rater.rate(line, INCLUDED + 60)
    charge = deductions.deduct(line, 120)
    assert (charge.billable, charge.included, charge.amount) == (-120, -60, usd("-0.03"))
    assert (line.pool.used, line.own.charged) == (INCLUDED - 60, 0)


def test_what_is_free_again_covers_the_dearest_of_another_meter(app: Flask) -> None:
    rater, [outbound, inbound] = lines_of("calls_outbound", "calls_inbound")
    rater.rate(inbound, INCLUDED)
    rater.rate(outbound, 600)
    charge = deductions.deduct(inbound, 300)
    assert charge.amount == usd("-0.15"), "300 seconds at 0.03 a minute, which outbound calls had cost"
    assert charge.included == 0, "the allowance is as used up as before"
    assert (outbound.own.charged, inbound.own.charged) == (300, 0)
    assert outbound.own.is_changed


def test_units_of_its_own_meter_go_before_dearer_ones_of_another(app: Flask) -> None:
    rater, [outbound, inbound] = lines_of("calls_outbound", "calls_inbound")
    rater.rate(outbound, INCLUDED + 60)
    rater.rate(inbound, 60)
    assert deductions.deduct(inbound, 60).amount == Money(-25_000, "USD")
    assert (outbound.own.charged, inbound.own.charged) == (60, 0)


def test_a_meter_of_another_allowance_is_not_covered(app: Flask) -> None:
    rater, [outbound, sms] = lines_of("calls_outbound", "sms")
    rater.rate(sms, 600)
    rater.rate(outbound, INCLUDED)
    charge = deductions.deduct(outbound, INCLUDED)
    assert (charge.amount, charge.included, sms.own.charged) == (Money(0, "USD"), -INCLUDED, 100)


def test_a_meter_without_an_allowance_gives_back_what_it_had_cost(app: Flask) -> None:
    rater, [line] = lines_of("tokens_out")
    cost = rater.rate(line, 1_000_000).amount
    assert deductions.deduct(line, 1_000_000).amount == -cost
    assert (line.charged.total, line.pool.used) == (0, 0)


def test_the_siblings_of_a_line_are_the_meters_of_its_allowance(app: Flask) -> None:
    _, [calls, tokens] = lines_of("calls_inbound", "tokens_in")
    assert [one.meter for one in deductions.siblings(calls)] == ["calls_outbound", "calls_inbound"]
    assert [one.meter for one in deductions.siblings(tokens)] == ["tokens_in"]


def test_what_is_deducted_leaves_the_cost_of_what_stays(app: Flask) -> None:
    organization = on_growth()
    [billing] = terms.get_billing_contexts([organization.id]).values()
    db.session.rollback()

    @settings(max_examples=40, deadline=timedelta(seconds=5), suppress_health_check=list(HealthCheck))
    @given(used=st.integers(0, 2 * INCLUDED), gone=st.lists(st.integers(0, INCLUDED), max_size=4))
    def holds(used: int, gone: list[int]) -> None:
        rater = Rater({organization.id: RatingContext.of(organization.id, billing)})
        line = rater.line(organization.id, "calls_outbound", NOW)
        paid = rater.rate(line, used).amount.micro
        stays = used
        for units in gone:
            off = min(units, stays)
            paid += deductions.deduct(line, off).amount.micro
            stays -= off
            beyond = max(stays - INCLUDED, 0)
            assert (line.pool.used, line.own.charged) == (stays - beyond, beyond)
            assert paid == line.charged.cost == rating.cost_of(line.charged.rate, beyond)

    holds()
