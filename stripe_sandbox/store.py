"""The stand-in's state: one SQLite file. Objects are kept as JSON, newest last."""

from __future__ import annotations

import json
import secrets
import sqlite3
import string
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS object (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL, customer TEXT,
    payment_intent TEXT, created INTEGER NOT NULL, body TEXT NOT NULL, hidden TEXT NOT NULL DEFAULT '{}');
CREATE INDEX IF NOT EXISTS object_kind ON object (kind, seq);
CREATE INDEX IF NOT EXISTS object_customer ON object (customer, kind, seq);
CREATE INDEX IF NOT EXISTS object_intent ON object (payment_intent, kind, seq);
CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY, endpoint TEXT NOT NULL, params TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, url TEXT NOT NULL, secret TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL, state TEXT NOT NULL DEFAULT 'due', answer TEXT);
CREATE TABLE IF NOT EXISTS attempt (delivery INTEGER NOT NULL, at REAL NOT NULL, answer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS request (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    status INTEGER NOT NULL, request_id TEXT UNIQUE NOT NULL, idempotency_key TEXT, replayed INTEGER NOT NULL,
    fault TEXT, payment_intent TEXT, sent TEXT NOT NULL, answer TEXT NOT NULL, is_cut INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS mode (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS scheduled (
    id INTEGER PRIMARY KEY AUTOINCREMENT, due REAL NOT NULL, work TEXT NOT NULL, object TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (state, due);
CREATE INDEX IF NOT EXISTS delivery_event ON delivery (event);
CREATE INDEX IF NOT EXISTS attempt_delivery ON attempt (delivery);
CREATE INDEX IF NOT EXISTS request_intent ON request (payment_intent, seq);
CREATE INDEX IF NOT EXISTS object_event ON object (
    coalesce(json_extract(body, '$.data.object.payment_intent'), json_extract(body, '$.data.object.id')), seq)
    WHERE kind = 'event';
CREATE INDEX IF NOT EXISTS event_type ON object (json_extract(body, '$.type'), seq) WHERE kind = 'event';
CREATE INDEX IF NOT EXISTS refund_charge ON object (json_extract(body, '$.charge'), seq) WHERE kind = 'refund';
CREATE INDEX IF NOT EXISTS dispute_charge ON object (json_extract(body, '$.charge'), seq) WHERE kind = 'dispute';
CREATE INDEX IF NOT EXISTS movement_source ON object (json_extract(body, '$.source'), seq)
    WHERE kind = 'balance_transaction';
"""
_COLUMNS = frozenset({"customer", "payment_intent"})
_COMPARE = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_LETTER_OF = ((string.ascii_letters + string.digits) * 5)[:256]
"""A letter for each byte; some letters are a little likelier, which ids of a stand-in may be."""


class Store:
    """Objects by id. `locked` serves one request at a time: a transaction that is undone by an error."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)
        self._lock = RLock()
        self._depth = 0

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone with the state; inside of itself it joins what is under way."""
        with self._lock:
            outermost = self._depth == 0
            if outermost:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                if outermost:
                    self._db.execute("ROLLBACK")
                raise
            else:
                if outermost:
                    self._db.execute("COMMIT")
            finally:
                self._depth -= 1

    def add(self, body: dict[str, Any], **hidden: Any) -> dict[str, Any]:
        """Keep a new object; `hidden` is what the API never shows of it."""
        self._db.execute(
            "INSERT INTO object (id, kind, customer, payment_intent, created, body, hidden)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                body["id"],
                body["object"],
                body.get("customer"),
                body.get("payment_intent"),
                body.get("created", now()),
                json.dumps(body),
                json.dumps(hidden),
            ),
        )
        return body

    def save(self, body: dict[str, Any], **hidden: Any) -> dict[str, Any]:
        """Write a changed object; `hidden` values are added to those there."""
        self._db.execute(
            "UPDATE object SET body = ?, customer = ?, hidden = json_patch(hidden, ?) WHERE id = ?",
            (json.dumps(body), body.get("customer"), json.dumps(hidden), body["id"]),
        )
        return body

    def mark(self, id_: str, **hidden: Any) -> None:
        """Add to what the API never shows of an object."""
        self.execute("UPDATE object SET hidden = json_patch(hidden, ?) WHERE id = ?", json.dumps(hidden), id_)

    def get(self, id_: str, kind: str | None = None) -> dict[str, Any] | None:
        rows = self.execute("SELECT body, kind FROM object WHERE id = ?", id_)
        return json.loads(rows[0][0]) if rows and kind in {None, rows[0][1]} else None

    def hidden(self, id_: str) -> dict[str, Any]:
        rows = self.execute("SELECT hidden FROM object WHERE id = ?", id_)
        found: dict[str, Any] = json.loads(rows[0][0]) if rows else {}
        return found

    def remove(self, id_: str) -> None:
        """Take an object out of its kind; its id still says that there was one."""
        self.execute("UPDATE object SET kind = 'deleted ' || kind WHERE id = ?", id_)

    def newest(self, kind: str) -> Iterator[dict[str, Any]]:
        """Objects of a kind, newest first."""
        for (body,) in self.execute("SELECT body FROM object WHERE kind = ? ORDER BY seq DESC", kind):
            yield json.loads(body)

    def position(self, id_: str, kind: str) -> int | None:
        """Where an object stands among all; newer ones stand higher."""
        rows = self.execute("SELECT seq FROM object WHERE id = ? AND kind = ?", id_, kind)
        return rows[0][0] if rows else None

    def page(
        self,
        kind: str,
        where: dict[str, Any],
        *,
        created: dict[str, int],
        after: int | None,
        before: int | None,
        limit: int,
    ) -> list[dict[str, Any]]:
        """At most `limit` objects, newest first, next to the one at `after` or `before`.

        `where` gives the value of a field, None where it has none, or a list of possible ones; `created` maps gt,
        gte, lt and lte to seconds. Kind and names become part of the query, so they are never what a client sent.
        """
        # The kind is written out, or SQLite could not know that the index of a kind serves.
        terms, values = [f"kind = '{kind}'"], []
        for name, value in where.items():
            field = name if name in _COLUMNS else f"json_extract(body, '$.{name}')"
            if value is None:
                terms.append(f"{field} IS NULL")
                continue
            wanted = value if isinstance(value, list) else [value]
            terms.append(f"{field} IN ({', '.join('?' * len(wanted))})")
            values += wanted
        for name, value in created.items():
            terms.append(f"created {_COMPARE[name]} ?")
            values.append(value)
        for term, position in (("seq < ?", after), ("seq > ?", before)):
            if position is not None:
                terms.append(term)
                values.append(position)
        order = "ASC" if before is not None else "DESC"
        query = f"SELECT body FROM object WHERE {' AND '.join(terms)} ORDER BY seq {order} LIMIT ?"  # noqa: S608
        rows = self.execute(query, *values, limit)
        found = [json.loads(body) for (body,) in rows]
        return found[::-1] if before is not None else found

    def all(self, kind: str, where: dict[str, Any]) -> list[dict[str, Any]]:
        """Every object of a kind with these values, newest first."""
        return self.page(kind, where, created={}, after=None, before=None, limit=-1)

    def events_about(self, id_: str, limit: int) -> list[dict[str, Any]]:
        """The newest events about an object that belongs to no payment, or about a payment with all that does."""
        about = "coalesce(json_extract(body, '$.data.object.payment_intent'), json_extract(body, '$.data.object.id'))"
        query = f"SELECT body FROM object WHERE kind = 'event' AND {about} = ? ORDER BY seq DESC LIMIT ?"  # noqa: S608
        return [json.loads(body) for (body,) in self.execute(query, id_, limit)]

    def was_removed(self, id_: str) -> bool:
        return bool(self.execute("SELECT 1 FROM object WHERE id = ? AND kind LIKE 'deleted %'", id_))

    def schedule(self, seconds: float, work: str, id_: str) -> None:
        """Let something happen to an object later; `scheduled` does it."""
        query = "INSERT INTO scheduled (due, work, object) VALUES (?, ?, ?)"
        self.execute(query, time.time() + seconds, work, id_)

    def execute(self, query: str, *values: Any) -> list[Any]:
        """A query of one's own, for the tables that aren't objects."""
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def forget_everything(self) -> None:
        with self.locked():
            for table in ("object", "idempotency", "delivery", "attempt", "scheduled"):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608, names are ours


def new_id(prefix: str, length: int = 24) -> str:
    """An id as Stripe makes them: `pi_` and letters."""
    return f"{prefix}_{''.join(map(_LETTER_OF.__getitem__, secrets.token_bytes(length)))}"


def now() -> int:
    """Seconds since 1970."""
    return int(time.time())
