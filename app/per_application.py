"""What an application is made with once and what all that it runs reads: its catalog, its way to Stripe, its mail.

The domain and what is below it read these without knowing of Flask. Each application of a process has its own, as
tests make several; which of them is running is what Flask's application context says, as it does for `db.session`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from flask import current_app

T = TypeVar("T")


class PerApplication(Generic[T]):
    """One thing of the running application, by its name among `app.extensions`.

    `default` makes it where nothing was set. Reading or setting it outside of an application is a `RuntimeError`.
    """

    def __init__(self, name: str, default: Callable[[], T] | None = None) -> None:
        self._name, self._default = name, default

    def set(self, value: T) -> None:
        """From now on this is it."""
        current_app.extensions[self._name] = value

    def get(self) -> T:
        """What was set. Raises `KeyError` where nothing was, and nothing can be by default."""
        known: dict[str, Any] = current_app.extensions
        if self._name not in known and self._default is not None:
            known[self._name] = self._default()
        found: T = known[self._name]
        return found
