"""Values that belong to one application, such as its catalog, Stripe client, and mail transport.

The domain reads these without depending on Flask. Each application of a process has its own, because tests create
several; Flask's application context decides which one is current, as for `db.session`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from flask import current_app

T = TypeVar("T")


class PerApplication(Generic[T]):
    """One value of the current application, stored by name in `app.extensions`.

    `default` creates it if it was not set. Using it outside of an application raises `RuntimeError`.
    """

    def __init__(self, name: str, default: Callable[[], T] | None = None) -> None:
        self._name, self._default = name, default

    def set(self, value: T) -> None:
        """Set the value."""
        current_app.extensions[self._name] = value

    def get(self) -> T:
        """The value. Raises `KeyError` if it was not set and there is no default."""
        known: dict[str, Any] = current_app.extensions
        if self._name not in known and self._default is not None:
            known[self._name] = self._default()
        found: T = known[self._name]
        return found
