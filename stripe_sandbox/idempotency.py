"""Idempotency keys: the first result of a key is the result of every later use.

https://docs.stripe.com/api/idempotent_requests: failures and 500s are kept too, what was refused before anything was
begun is not.
"""

from __future__ import annotations

import json
from threading import Lock
from typing import Any

from stripe_sandbox.errors import ApiError
from stripe_sandbox.store import Store
from stripe_sandbox.wire import IN_USE


class Idempotency:
    """The kept results, and the keys whose first use is still being served."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._in_flight: set[str] = set()
        self._lock = Lock()

    def begin(self, key: str, endpoint: str, params: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        """The kept result of `key`; None where this is its first use.

        Raises 409 while the first is being served, 400 `idempotency_error` for another use of the same key.
        """
        with self._lock:
            if key in self._in_flight:
                raise ApiError(
                    409,
                    "idempotency_error",
                    IN_USE,
                    code="idempotency_key_in_use",
                )
            rows = self._store.execute(
                "SELECT endpoint, params, status, body FROM idempotency WHERE key = ?", key
            )
            if not rows:
                self._in_flight.add(key)
                return None
        kept_endpoint, kept_params, status, body = rows[0]
        if (kept_endpoint, kept_params) != (endpoint, _text(params)):
            raise ApiError(
                400,
                "idempotency_error",
                "Keys for idempotent requests can only be used with the same parameters they were first used with.",
            )
        return status, json.loads(body)

    def keep(
        self, key: str, endpoint: str, params: dict[str, Any], status: int, body: dict[str, Any]
    ) -> None:
        """Keep a result for good."""
        self._store.execute(
            "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?)",
            key,
            endpoint,
            _text(params),
            status,
            json.dumps(body),
        )

    def end(self, key: str) -> None:
        """The first use is served."""
        with self._lock:
            self._in_flight.discard(key)


def _text(params: dict[str, Any]) -> str:
    return json.dumps(params, sort_keys=True)
