"""What this process has measured."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import REGISTRY


@dataclass(slots=True)
class Change:
    """By how much a sample has grown."""

    by: float = 0


def value(name: str, **labels: str) -> float:
    """A sample of this process; 0 where it isn't there yet."""
    return REGISTRY.get_sample_value(name, labels) or 0


@contextmanager
def grown(name: str, **labels: str) -> Iterator[Change]:
    """By how much a sample grows within the block."""
    before, change = value(name, **labels), Change()
    yield change
    change.by = value(name, **labels) - before


def labels_of(name: str) -> list[dict[str, str]]:
    """The labels of every sample of a name."""
    return [
        dict(sample.labels)
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if sample.name == name
    ]
