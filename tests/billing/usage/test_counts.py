"""Counts of a period: a line always costs its units times the rate, however they came and went."""

from __future__ import annotations

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.billing.catalog import file, rating
from app.billing.usage.counts import ChargedLine, Counted
from config import ROOT

CATALOG = file.load(ROOT / "catalog.toml")
GROWTH, SCALE = CATALOG.plan("growth"), CATALOG.plan("scale")
TIER = 50_000_000
"""Where the second tier of Scale's rate for spoken characters begins."""

units = st.one_of(st.integers(0, 9), st.integers(0, 2 * TIER))


def a_line(meter: str = "text_to_speech") -> ChargedLine:
    rate = SCALE.rates[meter]
    return ChargedLine(SCALE, rate, [0] * len(rate.tiers))


def add(line: ChargedLine, more: int, before: int) -> int:
    cost = line.cost_of_more(more, before)
    line.add(more, before, cost)
    return cost


@given(st.sampled_from(["text_to_speech", "tokens_in"]), st.lists(units, max_size=6))
def test_pieces_cost_together_what_they_would_cost_as_one(meter: str, pieces: list[int]) -> None:
    line = a_line(meter)
    costs = [add(line, piece, sum(pieces[:n])) for n, piece in enumerate(pieces)]
    assert line.total == sum(pieces)
    assert sum(costs) == line.cost == rating.cost_of(line.rate, sum(pieces))


@given(st.sampled_from(["text_to_speech", "tokens_in"]), units, units)
def test_what_is_taken_off_leaves_the_line_as_if_it_had_never_been_added(
    meter: str, stays: int, goes: int
) -> None:
    line, alone = a_line(meter), a_line(meter)
    add(alone, stays, 0)
    add(line, stays + goes, 0)
    back = line.take_off(goes)
    assert (line.units, line.cost) == (alone.units, alone.cost)
    assert back == rating.cost_of(line.rate, stays + goes) - alone.cost


def test_units_come_off_the_last_tier_first() -> None:
    line = a_line()
    add(line, TIER + 2_000, 0)
    assert line.units == [TIER, 2_000]
    assert line.take_off(3_000) == 20_000 + 12_000
    assert line.units == [TIER - 1_000, 0]


def test_asking_for_a_cost_adds_nothing() -> None:
    line = a_line()
    assert line.cost_of_more(TIER + 1_000, 0) == line.cost_of_more(TIER + 1_000, 0)
    assert (line.units, line.cost) == ([0, 0], 0)


class TestCounted:
    def test_each_plan_and_version_has_a_line_of_its_own(self) -> None:
        counted = Counted("tokens_in")
        growth, scale = counted.line_of(GROWTH), counted.line_of(SCALE)
        assert growth is not scale
        assert counted.line_of(GROWTH) is growth

    def test_empty_lines_are_not_written_down(self) -> None:
        counted = Counted("tokens_in")
        counted.line_of(GROWTH)
        add(counted.line_of(SCALE), 7, 0)
        assert counted.written == {f"{SCALE.version}/scale": [7]}

    def test_what_was_written_down_is_read_as_it_was(self, app: Flask) -> None:
        before = Counted("text_to_speech")
        add(before.line_of(SCALE), TIER + 1, 0)
        after = Counted("text_to_speech")
        after.fill(5, TIER + 1, before.written)
        assert (after.used, after.charged, after.written) == (5, TIER + 1, before.written)
        assert after.line_of(SCALE).cost == before.line_of(SCALE).cost

    def test_units_from_before_there_were_lines_take_the_rate_of_the_first(self) -> None:
        counted = Counted("text_to_speech")
        line = counted.line_of(SCALE)
        counted.fill(0, TIER + 3, {})
        assert (line.units, line.cost) == ([TIER, 3], rating.cost_of(line.rate, TIER + 3))

    def test_without_a_line_such_units_stay_counted_and_cost_nothing_more(self) -> None:
        counted = Counted("tokens_in")
        counted.fill(0, 9, {})
        assert (counted.charged, counted.written) == (9, {})
