"""Copies of objects as JSON has them: several times as fast as `copy.deepcopy`, which expects anything."""

from __future__ import annotations

from typing import Any


def copied(value: Any) -> Any:
    """A copy that shares no map and no list with `value`."""
    if isinstance(value, dict):
        return {name: copied(item) for name, item in value.items()}
    if isinstance(value, list):
        return [copied(item) for item in value]
    return value
