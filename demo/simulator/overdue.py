"""Calls of ours that last unusually long though no one plays them: they have ended, and their holds are captured."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from demo.simulator.calls import NAMED
from demo.simulator.campaigns import Organization
from demo.simulator.client import Client
from demo.simulator.reading import read, said

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
        said(answer, f"The end of {name} was")
        yield f"{name} had ended without a word, since {since}; its credit is available again"


def _overdue(client: Client, organization: Organization) -> Iterator[dict[str, Any]]:
    path: str | None = f"/organizations/{organization.id}/holds?overdue=true"
    while path is not None:
        page = read(client, path, "The calls in progress were")
        yield from page["items"]
        path = page["next"].removeprefix(_API) if page["next"] else None
