"""The calls that came, with what was sent and answered. Card numbers and security codes never get here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from stripe_sandbox.store import Store

KEPT = 10_000
LONGEST = 50_000
"""Characters of an answer that are kept: long lists would fill the file."""
_SECRETS = {"card[number]": 4, "card[cvc]": 0}
"""How many of its last characters may be stored of what no one may read."""
_INTENT = re.compile(r"/(pi_\w+)")


@dataclass(frozen=True, slots=True)
class Request:
    """A call that came.

    `status` is what was answered, or would have been had no `fault` cut the connection; 0 where nothing was served.
    """

    at: float
    method: str
    path: str
    status: int
    request_id: str
    idempotency_key: str | None = None
    replayed: bool = False
    fault: str | None = None


_NAMES = [field.name for field in fields(Request)]
_NOTED = ", ".join(_NAMES)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call with its parameters, named as they came, and its answer as text; `is_cut` where that was too long."""

    request: Request
    sent: list[tuple[str, str]]
    answer: str
    is_cut: bool


class RequestLog:
    """The newest calls. They outlive a restart."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, request: Request, sent: Iterable[tuple[str, str]], answer: dict[str, Any]) -> None:
        text = json.dumps(answer)
        pairs = [(name, _masked(name, value)) for name, value in sent]
        with self._store.locked():
            self._insert(request, pairs, text, _payment_of(request.path, dict(pairs), answer))
            self._store.execute("DELETE FROM request WHERE seq <= (SELECT max(seq) FROM request) - ?", KEPT)

    def _insert(
        self, request: Request, pairs: list[tuple[str, str]], text: str, payment_intent: str | None
    ) -> None:
        self._store.execute(
            f"INSERT INTO request ({_NOTED}, payment_intent, sent, answer, is_cut)"  # noqa: S608, names are ours
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            request.at,
            request.method,
            request.path,
            request.status,
            request.request_id,
            request.idempotency_key,
            request.replayed,
            request.fault,
            payment_intent,
            json.dumps(pairs),
            text[:LONGEST],
            len(text) > LONGEST,
        )

    def newest(self, count: int = 500) -> list[Request]:
        """The last calls, newest first."""
        return self.page("", after=None, limit=count)

    def page(self, path: str, *, after: str | None, limit: int) -> list[Request]:
        """At most `limit` calls whose path contains `path`, newest first, older than the one with the id `after`."""
        before = "seq < (SELECT seq FROM request WHERE request_id = ?)" if after else "? IS NULL"
        return self._read(f"instr(path, ?) AND {before}", path, after, limit=limit)

    def of_payment(self, intent_id: str, limit: int) -> list[Request]:
        """The last calls that were about a payment intent, newest first."""
        return self._read("payment_intent = ?", intent_id, limit=limit)

    def exchange(self, request_id: str) -> Exchange | None:
        """A call with all that is known of it."""
        found = self._read("request_id = ?", request_id, limit=1)
        if not found:
            return None
        query = "SELECT sent, answer, is_cut FROM request WHERE request_id = ?"
        ((sent, answer, is_cut),) = self._store.execute(query, request_id)
        return Exchange(found[0], [(name, value) for name, value in json.loads(sent)], answer, bool(is_cut))

    def clear(self) -> None:
        self._store.execute("DELETE FROM request")

    def _read(self, term: str, *values: Any, limit: int) -> list[Request]:
        query = f"SELECT {_NOTED} FROM request WHERE {term} ORDER BY seq DESC LIMIT ?"  # noqa: S608
        rows = self._store.execute(query, *values, limit)
        return [_request(row) for row in rows]


def _request(row: tuple[Any, ...]) -> Request:
    values = dict(zip(_NAMES, row, strict=True))
    return Request(**{**values, "replayed": bool(values["replayed"])})


def _masked(name: str, value: str) -> str:
    return "•••• " + value[-_SECRETS[name] :] * bool(_SECRETS[name]) if name in _SECRETS else value


def _payment_of(path: str, sent: dict[str, str], answer: dict[str, Any]) -> str | None:
    """The payment intent that a call was about, if it was about one."""
    about = answer.get("error", answer).get("payment_intent")
    if answer.get("object") == "payment_intent":
        about = answer["id"]
    elif isinstance(about, dict):
        about = about["id"]
    in_path = _INTENT.search(path)
    return about or sent.get("payment_intent") or (in_path.group(1) if in_path else None)
