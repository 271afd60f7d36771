"""Whether a figure is flat: the line through its samples, and how certain its slope is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Points = Sequence[tuple[float, float]]
"""Hours since the beginning, and the value."""

WARM_UP = 0.25
"""The part of a run, at its beginning, that doesn't count: caches fill, pools open."""
CERTAIN = 3.0
"""How many standard errors a slope has to be away from zero. Samples that follow each other are alike, so two, which
would do for independent ones, are taken for certain too easily."""
LEAST = 0.01
"""What a figure may change in an hour, as a part of its mean, and still be flat."""


@dataclass(frozen=True, slots=True)
class Trend:
    """`slope` and its standard error are in the figure's unit per hour, after the warm-up."""

    first: float
    last: float
    mean: float
    highest: float
    slope: float
    error: float

    @property
    def per_hour(self) -> float:
        """The slope as a part of the mean; 0 where the mean is."""
        return self.slope / self.mean if self.mean else 0.0

    @property
    def is_rising(self) -> bool:
        """Whether it surely rises, by more than nothing: what falls runs out of nothing."""
        return self.slope > CERTAIN * self.error and self.per_hour > LEAST


def trend_of(points: Points) -> Trend:
    """The trend of the samples after the warm-up, of which there have to be three. Raises `ValueError`."""
    end = points[-1][0] if points else 0.0
    counted = [point for point in points if point[0] >= end * WARM_UP]
    if len(counted) < 3 or counted[0][0] == counted[-1][0]:
        raise ValueError("It takes three samples to see a trend.")
    number = len(counted)
    middle = sum(x for x, _ in counted) / number
    mean = sum(y for _, y in counted) / number
    spread = sum((x - middle) ** 2 for x, _ in counted)
    slope = sum((x - middle) * (y - mean) for x, y in counted) / spread
    rest = sum((y - mean - slope * (x - middle)) ** 2 for x, y in counted)
    error = math.sqrt(rest / (number - 2) / spread)
    return Trend(points[0][1], points[-1][1], mean, max(y for _, y in points), slope, error)
