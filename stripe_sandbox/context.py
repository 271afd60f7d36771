"""What serving a request needs: the store, its settings, who asks, and the events that come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from stripe_sandbox.copying import copied, previous
from stripe_sandbox.settings import Settings
from stripe_sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Happened:
    """An event that is still to be written down."""

    type: str
    object: dict[str, Any]
    previous: dict[str, Any] | None


@dataclass(slots=True)
class Call:
    """One call of an operation. `publishable` is whether stripe.js made it, with the key that pages may show.

    `asks_later` is whether a payer who isn't there is asked by their bank later, instead of declined: so it is with
    invoices.
    """

    store: Store
    settings: Settings
    params: dict[str, Any]
    path_ids: tuple[str, ...] = ()
    publishable: bool = False
    idempotency_key: str | None = None
    request_id: str = ""
    asks_later: bool = False
    events: list[Happened] = field(default_factory=list)
    found: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Objects as they were when the call found them."""

    def serves(self, *names: str) -> None:
        """Read parameters that are served here, but matter in some states only: otherwise they would be refused."""
        for name in names:
            self.params.get(name)

    def emit(self, type_: str, object_: dict[str, Any]) -> None:
        """Say that something happened to an object, as it is now; of an update also what was there before."""
        before = self.found.get(object_["id"]) if type_.endswith("updated") else None
        self.events.append(Happened(type_, copied(object_), previous(before, object_) if before else None))


Handler = Callable[[Call], dict[str, Any]]
HANDLERS: dict[tuple[str, str], Handler] = {}


def handles(method: str, template: str) -> Callable[[Handler], Handler]:
    """Register what serves an operation; `template` is the path as the SDK writes it."""

    def register(handler: Handler) -> Handler:
        HANDLERS[method, template] = handler
        return handler

    return register
