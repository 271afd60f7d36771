"""Twins: two organizations to whom the same happens, one the careful way and one the fast way."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from werkzeug.test import TestResponse

from app.database.fast import connections
from app.extensions import db
from app.models import Organization
from tests.support.platform import Platform

NEAR = timedelta(seconds=40)
"""By how much times of both may differ: each is done a moment after the other. Leases differ by more."""

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KEPT = {
    "holds": "SELECT * FROM hold WHERE org_id = :of ORDER BY key",
    "wallet": "SELECT * FROM wallet WHERE org_id = :of",
    "units": "SELECT key, period_start, meter, reserved, worth_micro FROM hold_allowance JOIN hold "
    "ON hold.org_id = hold_allowance.org_id AND hold.id = hold_id WHERE hold.org_id = :of ORDER BY 1, 2, 3",
    "counts": "SELECT period_start, meter, used, charged, lines FROM allowance WHERE org_id = :of ORDER BY 1, 2",
    "watches": "SELECT * FROM wallet_watch WHERE org_id = :of ORDER BY kind, name",
    "envelopes": "SELECT * FROM envelope WHERE org_id = :of ORDER BY campaign, created_at",
    "spent": 'SELECT * FROM limit_count WHERE org_id = :of ORDER BY subject, name, "window"',
    "messages": "SELECT type, data, happened_at FROM platform_message WHERE org_id = :of ORDER BY position",
    "jobs": "SELECT queue_name, task_name, args FROM procrastinate_jobs WHERE args ->> 'org_id' = :text "
    "AND task_name NOT IN ('end_envelopes') ORDER BY id",
}


class Twins:
    """The two, made alike. `do` lets the same happen to both and finds what differs."""

    def __init__(self, platform: Platform, make: Callable[[], Organization]) -> None:
        self.platform = platform
        self.careful, self.fast = make(), make()
        self.both = (self.careful, self.fast)

    def happen(self, change: Callable[[Organization], Any]) -> None:
        """Something that has no fast way."""
        for organization in self.both:
            change(organization)
            db.session.commit()

    def post(self, path: str, body: Any = None) -> tuple[TestResponse, TestResponse]:
        """Send the same request for both: the first goes the careful way, the second may go the fast way."""
        options = _options(body)
        with connections.get().switched_off():
            careful = self._send(self.careful, path, options)
        return careful, self._send(self.fast, path, options)

    def send_in_one(self, requests: Sequence[tuple[str, Any]]) -> list[str]:
        """Send requests one by one for the first, the careful way, and as one batch for the second. Returns where the
        answers differ."""
        with connections.get().switched_off():
            careful = [self._send(self.careful, path, _options(body)) for path, body in requests]
        operations = [_operation(self.fast, path, body) for path, body in requests]
        answer = self.platform.post("/holds/batch", {"operations": operations})
        found: list[str] = []
        results: list[dict[str, Any]] = (answer.json or {})["results"]
        for one, result in zip(careful, results, strict=True):
            told = result["hold"] or result["problem"]
            found += differing_contents((one.status_code, one.json or {}), (result["status"], told))
        return found

    def differences(self) -> list[str]:
        """Where what is kept of one differs from what is kept of the other."""
        db.session.rollback()
        found: list[str] = []
        for kind, query in _KEPT.items():
            one, other = ([dict(row) for row in self._rows(query, twin.id)] for twin in self.both)
            found += differing(one, other, kind)
        db.session.rollback()
        return found

    def _send(self, organization: Organization, path: str, options: dict[str, Any]) -> TestResponse:
        return self.platform.open("POST", f"/organizations/{organization.id}/holds{path}", **options)

    def _rows(self, query: str, org_id: UUID) -> Any:
        return db.session.execute(text(query), {"of": org_id, "text": str(org_id)}).mappings()


def differing(one: Any, other: Any, path: str = "") -> list[str]:
    """Where two values differ, but for ids, and for times of moments that lie near each other."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [found for name in one for found in differing(one[name], other[name], f"{path}/{name}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [found for place, pair in pairs for found in differing(*pair, f"{path}/{place}")]
    one, other = (_without_ids(value) for value in (one, other))
    times = [_time(value) for value in (one, other)]
    if times[0] is not None and times[1] is not None and abs(times[0] - times[1]) < NEAR:
        return []
    return [] if one == other else [f"{path}: {one!r} and {other!r}"]


def differing_answers(careful: TestResponse, fast: TestResponse) -> list[str]:
    """Where two responses differ, each of which is about its own organization."""
    contents = [(answer.status_code, answer.json or {}) for answer in (careful, fast)]
    return differing_contents(*contents)


def differing_contents(careful: tuple[int, dict[str, Any]], fast: tuple[int, dict[str, Any]]) -> list[str]:
    """The same of their status and their JSON."""
    one, other = ({"status code": status, **content} for status, content in (careful, fast))
    left = [told.pop("seconds_left", 0) for told in (one, other)]
    for told in (one, other):
        told.pop("request_id", None)
        told.pop("instance", None)
    same = abs(left[0] - left[1]) <= NEAR.seconds
    return differing(one, other) + ([] if same else [f"seconds_left: {left}"])


def _options(body: Any) -> dict[str, Any]:
    return {} if body is None else {"json": body}


def _operation(organization: Organization, path: str, body: Any) -> dict[str, Any]:
    """A request as an operation of a batch."""
    whose: dict[str, Any] = {"organization": str(organization.id)}
    if not path:
        return {"op": "reserve", **whose, **body}
    key, _, what = path.removeprefix("/").rpartition("/")
    named = whose | {"key": key}
    return {"op": "renew", **named, **body} if what == "renewals" else {"op": what, **named}


def _without_ids(value: Any) -> Any:
    return _ID.sub("(id)", str(value)) if isinstance(value, str | UUID) else value


def _time(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and len(value) > 19 and value[4] == "-" and value[10] == "T":
        return datetime.fromisoformat(value)
    return None
