"""The stand-in's store, as the pages read it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Protocol, cast

from flask import abort, current_app


class Reader(Protocol):
    """What the pages need of the store."""

    def get(self, id_: str, kind: str | None = None) -> dict[str, Any] | None: ...

    def newest(self, kind: str, **where: str | None) -> Iterator[dict[str, Any]]: ...


def store() -> Reader:
    return cast(Reader, current_app.extensions["stripe_sandbox"].store)


def newest(kind: str, count: int) -> list[dict[str, Any]]:
    return list(islice(store().newest(kind), count))


def intent_or_404(id_: str, client_secret: str) -> dict[str, Any]:
    """The intent of this id, for somebody who knows its secret."""
    intent = store().get(id_)
    if intent is None or intent["object"] not in {"payment_intent", "setup_intent"}:
        abort(404)
    if intent["client_secret"] != client_secret:
        abort(404)
    return intent


def charge_or_404(id_: str) -> dict[str, Any]:
    charge = store().get(id_, "charge")
    if charge is None:
        abort(404)
    return charge


def newest_requests(count: int) -> list[dict[str, Any]]:
    """The calls of the API as their idempotency keys were kept, newest first."""
    return []
