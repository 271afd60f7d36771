"""How long an organization's credit lasts, asked before its campaigns begin."""

from __future__ import annotations

from demo.simulator.calls import UnexpectedAnswerError
from demo.simulator.campaigns import Organization
from demo.simulator.client import Client


def describe(client: Client, organization: Organization) -> str:
    """A sentence about it. Raises `UnreachableError`, and `UnexpectedAnswerError`."""
    answer = client.get(f"/organizations/{organization.id}/forecast")
    if not answer.is_good:
        raise UnexpectedAnswerError(f"The forecast was answered with {answer.status}.")
    available, dry = answer.body["available"]["amount"], answer.body["dry"]
    if dry is None:
        return f"{available} of credit; too little history to say how long it lasts"
    if dry["about"] is None:
        return f"{available} of credit, which lasts for months"
    return f"{available} of credit, which lasts until {dry['about'][:16]} or so"
