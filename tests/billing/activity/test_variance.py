"""The parts of a difference: what each means, and that together they are the difference, to the micro-unit."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.billing.activity import variance
from app.billing.activity.variance import Part, Segment, Used

NAMES, METERS = st.sampled_from("abcd"), st.sampled_from(["calls", "tokens", "speech"])
USED = st.dictionaries(
    METERS,
    st.builds(
        Used,
        st.one_of(st.just(0), st.integers(-50, 10**9)),
        st.one_of(st.just(0), st.integers(-(10**6), 10**12)),
    ),
)
PERIOD = st.dictionaries(
    NAMES, st.builds(Segment, st.one_of(st.just(0), st.integers(1, 10**6)), USED, USED), max_size=4
)


def cost(period: dict[str, Segment]) -> int:
    return sum(segment.cost for segment in period.values())


def calls(count: int, units: int, amount: int) -> Segment:
    """Calls that used so many units in all, and cost so many micro-units."""
    return Segment(count, {"calls": Used(units, amount)})


@pytest.mark.long
@given(PERIOD, PERIOD)
def test_the_parts_are_the_difference_whatever_was_used(
    before: dict[str, Segment], after: dict[str, Segment]
) -> None:
    cells = variance.split(before, after)
    assert sum(cells.values()) == cost(after) - cost(before)
    assert sum(variance.add_up(cells).values()) == cost(after) - cost(before)


@pytest.mark.long
@given(PERIOD)
def test_a_period_differs_in_nothing_from_itself(period: dict[str, Segment]) -> None:
    assert variance.split(period, period) == {}


@pytest.mark.long
@given(PERIOD.filter(lambda period: any(one.calls for one in period.values())), st.integers(2, 9))
def test_the_same_a_number_of_times_is_volume_alone(period: dict[str, Segment], times: int) -> None:
    def all_of(used: dict[str, Used]) -> dict[str, Used]:
        return {meter: Used(one.units * times, one.cost * times) for meter, one in used.items() if one.units}

    once = {
        name: Segment(one.calls, all_of(dict(one.of_calls)), all_of(dict(one.others)))
        for name, one in period.items()
        if one.calls
    }
    many = {
        name: Segment(one.calls * times, all_of(dict(one.of_calls)), all_of(dict(one.others)))
        for name, one in once.items()
    }
    parts = variance.add_up(variance.split(once, many))
    assert parts == {Part.VOLUME: cost(many) - cost(once), Part.MIX: 0, Part.LENGTH: 0, Part.RATE: 0}


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ({"a": calls(20, 2000, 200), "b": calls(20, 4000, 800)}, {Part.VOLUME: 500}),
        ({"a": calls(5, 500, 50), "b": calls(15, 3000, 600)}, {Part.MIX: 150}),
        ({"a": calls(10, 1500, 150), "b": calls(10, 2000, 400)}, {Part.LENGTH: 50}),
        ({"a": calls(10, 1000, 130), "b": calls(10, 2000, 400)}, {Part.RATE: 30}),
        ({"a": calls(10, 1000, 100), "new": calls(10, 500, 900)}, {Part.MIX: 500}),
        ({}, {Part.VOLUME: -500}),
    ],
)
def test_each_factor_by_itself_is_its_own_part(after: dict[str, Segment], expected: dict[Part, int]) -> None:
    """Before: ten calls each, of 100 units at 0.1 and of 200 units at 0.2."""
    before = {"a": calls(10, 1000, 100), "b": calls(10, 2000, 400)}
    found = variance.add_up(variance.split(before, after))
    assert {part: change for part, change in found.items() if change} == expected


def test_the_first_calls_of_all_are_volume() -> None:
    assert variance.split({}, {"a": calls(3, 9, 33)}) == {("a", Part.VOLUME): 33}


def test_rent_is_volume_and_rate_and_never_the_calls() -> None:
    before = {"": Segment(10, {"calls": Used(100, 100)}, {"numbers": Used(3, 300)})}
    after = {"": Segment(20, {"calls": Used(200, 200)}, {"numbers": Used(4, 480)})}
    assert variance.add_up(variance.split(before, after)) == {
        Part.VOLUME: 100 + 100,
        Part.MIX: 0,
        Part.LENGTH: 0,
        Part.RATE: 80,
    }


def test_what_rounding_leaves_over_goes_to_the_nearest() -> None:
    before = {name: calls(1, 3, 1) for name in "abc"}
    after = {name: calls(1, 4, 2) for name in "abc"}
    cells = variance.split(before, after)
    assert sum(cells.values()) == 3
    exact = {Part.LENGTH: Fraction(1, 3), Part.RATE: Fraction(2, 3)}
    assert all(abs(change - exact[part]) < 1 for (_, part), change in cells.items())
