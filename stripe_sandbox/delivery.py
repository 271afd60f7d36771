"""Webhooks: events sent to their endpoints, signed again at each try, until they are delivered.

https://docs.stripe.com/webhooks#retries; the pauses are shorter here.
"""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Any

import requests
import stripe

from stripe_sandbox.settings import Settings
from stripe_sandbox.store import Store

MODES = frozenset({"deliver", "hold", "drop", "duplicate", "shuffle"})
PAUSES = (1, 2, 4, 8, 15, 30, 60, 120, 300)
"""Seconds before the next try; after the last one an event is given up."""


@dataclass(frozen=True, slots=True)
class _Endpoint:
    """Where events go that are among `types`."""

    url: str
    secret: str
    types: list[str]

    def wants(self, type_: str) -> bool:
        return "*" in self.types or type_ in self.types


class Delivery:
    """The queue of events to send, and the thread that sends them."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._wake = Event()
        self._sending = Lock()
        self._session = requests.Session()
        kept = store.execute("SELECT name FROM mode")
        self._mode: str = kept[0][0] if kept else "deliver"

    @property
    def mode(self) -> str:
        """One of `MODES`; it outlives a restart."""
        return self._mode

    @mode.setter
    def mode(self, name: str) -> None:
        self._store.execute("INSERT OR REPLACE INTO mode VALUES (1, ?)", name)
        self._mode = name

    def start(self) -> None:
        """Send from now on, in the background."""
        Thread(target=self._run, name="webhooks", daemon=True).start()

    def enqueue(self, events: list[dict[str, Any]]) -> None:
        """Queue events for every endpoint that wants them, inside the caller's transaction."""
        known = self._endpoints() if events and self.mode != "drop" else []
        for event in events:
            endpoints = [(one.url, one.secret) for one in known if one.wants(event["type"])]
            if not endpoints:
                continue
            self._set_pending(event["id"], len(endpoints))
            for _ in range(2 if self.mode == "duplicate" else 1):
                self._queue(event["id"], endpoints)

    def send_again(self, event: dict[str, Any]) -> dict[str, int]:
        """Send an event once more, now, whatever the mode; how many endpoints accepted it and how many refused."""
        wanting = [(one.url, one.secret) for one in self._endpoints() if one.wants(event["type"])]
        queued = self._queue(event["id"], wanting)
        delivered = sum(self._send(delivery_id) for delivery_id in queued)
        return {"delivered": delivered, "refused": len(queued) - delivered}

    def deliveries(self, event_id: str) -> list[dict[str, Any]]:
        """An event's deliveries, the first one first: their address, state, and attempts with time and answer."""
        query = "SELECT id, url, state, due FROM delivery WHERE event = ? ORDER BY id"
        return [
            {"id": id_, "url": url, "state": state, "due": due, "attempts": self._attempts(id_)}
            for id_, url, state, due in self._store.execute(query, event_id)
        ]

    def waiting(self) -> int:
        """How many deliveries are still to be taken."""
        rows = self._store.execute("SELECT count(*) FROM delivery WHERE state = 'due'")
        return int(rows[0][0])

    def _attempts(self, delivery_id: int) -> list[dict[str, Any]]:
        query = "SELECT at, answer FROM attempt WHERE delivery = ? ORDER BY at"
        return [{"at": at, "answer": answer} for at, answer in self._store.execute(query, delivery_id)]

    def _queue(self, event_id: str, endpoints: list[tuple[str, str]]) -> list[int]:
        query = "INSERT INTO delivery (event, url, secret, due) VALUES (?, ?, ?, ?) RETURNING id"
        return [
            self._store.execute(query, event_id, url, secret, time.time())[0][0] for url, secret in endpoints
        ]

    def wake(self) -> None:
        """Something was queued."""
        self._wake.set()

    def flush(self, *, backwards: bool = False) -> dict[str, int]:
        """Try all that is queued once, now, the newest first if `backwards`; how many were delivered or refused."""
        rows = self._store.execute("SELECT id FROM delivery WHERE state = 'due' ORDER BY id")
        if self.mode == "shuffle":
            random.shuffle(rows)
        elif backwards:
            rows.reverse()
        delivered = sum(self._send(row[0]) for row in rows)
        return {"delivered": delivered, "refused": len(rows) - delivered}

    def _run(self) -> None:
        while True:
            self._wake.wait(timeout=0.5)
            self._wake.clear()
            while self.mode not in {"hold", "drop"} and (row := self._next()) is not None:
                self._send(row)

    def _next(self) -> int | None:
        order = "random()" if self.mode == "shuffle" else "id"
        query = f"SELECT id FROM delivery WHERE state = 'due' AND due <= ? ORDER BY {order} LIMIT 1"  # noqa: S608
        rows = self._store.execute(query, time.time())
        return rows[0][0] if rows else None

    def _send(self, delivery_id: int) -> bool:
        with self._sending:
            rows = self._store.execute(
                "SELECT event, url, secret, tries, state FROM delivery WHERE id = ?", delivery_id
            )
            event = self._store.get(rows[0][0]) if rows else None
            if event is None:
                self._store.execute("DELETE FROM delivery WHERE id = ?", delivery_id)
                return False
            _, url, secret, tries, state = rows[0]
            if state != "due":  # sent by the other thread while this one waited
                return bool(state == "taken")
            taken, answer = self._post(url, secret, event)
            state = "taken" if taken else "due" if tries < len(PAUSES) else "given up"
            due = time.time() + PAUSES[min(tries, len(PAUSES) - 1)]
            query = "UPDATE delivery SET tries = tries + 1, state = ?, due = ?, answer = ? WHERE id = ?"
            with self._store.locked():
                self._store.execute("INSERT INTO attempt VALUES (?, ?, ?)", delivery_id, time.time(), answer)
                self._store.execute(query, state, due, answer, delivery_id)
                self._count_pending(event["id"])
            return taken

    def _count_pending(self, event_id: str) -> None:
        """Keep an event's `pending_webhooks`: the endpoints that have not taken it yet."""
        query = "SELECT count(DISTINCT url) FROM delivery WHERE event = ? AND state != 'taken'"
        self._set_pending(event_id, self._store.execute(query, event_id)[0][0])

    def _set_pending(self, event_id: str, count: int) -> None:
        query = "UPDATE object SET body = json_set(body, '$.pending_webhooks', ?) WHERE id = ?"
        self._store.execute(query, count, event_id)

    def _endpoints(self) -> list[_Endpoint]:
        found = []
        if self._settings.webhook_url:
            found.append(_Endpoint(self._settings.webhook_url, self._settings.webhook_secret, ["*"]))
        for one in self._store.newest("webhook_endpoint"):
            if one["status"] == "enabled":
                secret = self._store.hidden(one["id"])["secret"]
                found.append(_Endpoint(one["url"], secret, one["enabled_events"]))
        return found

    def _post(self, url: str, secret: str, event: dict[str, Any]) -> tuple[bool, str]:
        body = json.dumps(event)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": stripe.WebhookSignature.generate_signature_header(body, secret),
            "User-Agent": "Stripe/1.0 (stand-in)",
        }
        try:
            answer = self._session.post(
                url, data=body.encode(), headers=headers, timeout=10, allow_redirects=False
            )
        except requests.RequestException as error:
            return False, type(error).__name__
        return 200 <= answer.status_code < 300, str(answer.status_code)
