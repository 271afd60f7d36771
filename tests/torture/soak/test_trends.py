"""What rises is told apart from what is noisy, falls, or only warms up."""

from __future__ import annotations

from random import Random

import pytest

from torture.soak.trends import trend_of

HOURS = [minute / 60 for minute in range(120)]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("slope", "noise", "is_rising"),
    [(0, 0, False), (0, 5, False), (10, 0, True), (10, 2, True), (-10, 2, False), (0.5, 0, False)],
)
def test_only_what_surely_rises_does(slope: float, noise: float, is_rising: bool, seed: int) -> None:
    chance = Random(seed)
    trend = trend_of([(x, 100 + slope * x + chance.uniform(-noise, noise)) for x in HOURS])
    assert trend.is_rising is is_rising
    assert trend.slope == pytest.approx(slope, abs=0.1 + noise)


def test_warming_up_is_no_rise() -> None:
    assert not trend_of([(x, min(1.0, x / 0.4) * 200) for x in HOURS]).is_rising


@pytest.mark.parametrize("points", [[], [(0.0, 1.0)], [(0.0, 1.0), (1.0, 2.0)], [(0.0, 1.0)] * 9])
def test_too_few_samples_have_no_trend(points: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="three samples"):
        trend_of(points)
