"""How long an organization's credit lasts, asked before its campaigns begin."""

from __future__ import annotations

from typing import Any

from demo.simulator.campaigns import Organization
from demo.simulator.client import Client
from demo.simulator.reading import read


def describe(client: Client, organization: Organization) -> str:
    """A sentence about it, and about the levels that people are told of. Raises `UnreachableError`, and
    `UnexpectedAnswerError`."""
    lasts, levels = _lasts(client, organization), _levels(client, organization)
    return f"{lasts}; {levels}" if levels else lasts


def _levels(client: Client, organization: Organization) -> str:
    """Which levels of credit are reached, and how many there are."""
    found = read(client, f"/organizations/{organization.id}/alerts", "The alerts were")["levels"]
    reached = [_name(one) for one in found if one["reached_since"]]
    return f"alerts: {', '.join(reached)} of {len(found)}" if reached else ""


def _name(level: dict[str, Any]) -> str:
    if level["under"]:
        return f"under {level['under']['amount']}"
    return f"within {level['hours']} h" if level["hours"] else str(level["kind"])


def _lasts(client: Client, organization: Organization) -> str:
    forecast = read(client, f"/organizations/{organization.id}/forecast", "The forecast was")
    available, dry = forecast["available"]["amount"], forecast["dry"]
    if dry is None:
        return f"{available} of credit; too little history to say how long it lasts"
    if dry["about"] is None:
        return f"{available} of credit, which lasts for months"
    return f"{available} of credit, which lasts until {dry['about'][:16]} or so"


def describe_limits(client: Client, organization: Organization) -> list[str]:
    """A sentence about each of its limits. Raises `UnreachableError`, and `UnexpectedAnswerError`."""
    found = read(client, f"/organizations/{organization.id}/limits", "The limits were")
    return [
        f"{one['name'] or 'everything'} may spend {one['amount']['amount']} in this {one['window']}, "
        f"{'or no call starts' if one['stops'] else 'or the owners are notified'}; {one['spent']['amount']} is spent"
        for one in found["limits"]
    ]
