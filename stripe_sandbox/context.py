"""What serving a request needs: the store, its settings, who asks, and the events that come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from stripe_sandbox.copying import copied
from stripe_sandbox.settings import Settings
from stripe_sandbox.store import Store


@dataclass(slots=True)
class Call:
    """One call of an operation. `publishable` is whether stripe.js made it, with the key that pages may show."""

    store: Store
    settings: Settings
    params: dict[str, Any]
    path_ids: tuple[str, ...] = ()
    publishable: bool = False
    idempotency_key: str | None = None
    request_id: str = ""
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def emit(self, type_: str, object_: dict[str, Any]) -> None:
        """Say that something happened to an object, as it is now."""
        self.events.append((type_, copied(object_)))


Handler = Callable[[Call], dict[str, Any]]
HANDLERS: dict[tuple[str, str], Handler] = {}


def handles(method: str, template: str) -> Callable[[Handler], Handler]:
    """Register what serves an operation; `template` is the path as the SDK writes it."""

    def register(handler: Handler) -> Handler:
        HANDLERS[method, template] = handler
        return handler

    return register
