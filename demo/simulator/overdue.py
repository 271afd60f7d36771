"""Calls of ours that last unusually long though no one plays them: they have ended, and their holds are captured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from demo.simulator.calls import NAMED, UnexpectedAnswerError
from demo.simulator.campaigns import Organization
from demo.simulator.client import Client

_API = "/api/v1"


def settle(client: Client, organization: Organization) -> Iterator[str]:
    """Asked before campaigns begin, so none of our calls is in progress. A sentence about each call that is overdue;
    another program's is only named. Raises `UnreachableError`, and `UnexpectedAnswerError`."""
    for hold in list(_overdue(client, organization)):
        name, since = hold["call"] or hold["key"], hold["since"][:16]
        if not name.startswith(NAMED):
            yield f"{name} lasts unusually long, since {since}; it isn't ours to end"
            continue
        answer = client.post(f"/organizations/{organization.id}/holds/{quote(hold['key'])}/capture")
        if not answer.is_good:
            raise UnexpectedAnswerError(f"The end of {name} was answered with {answer.status}.")
        yield f"{name} had ended without a word, since {since}; its credit is available again"


def _overdue(client: Client, organization: Organization) -> Iterator[dict[str, Any]]:
    path: str | None = f"/organizations/{organization.id}/holds?overdue=true"
    while path is not None:
        answer = client.get(path)
        if not answer.is_good:
            raise UnexpectedAnswerError(f"The calls in progress were answered with {answer.status}.")
        yield from answer.body["items"]
        path = answer.body["next"].removeprefix(_API) if answer.body["next"] else None
