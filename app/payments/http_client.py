"""The SDK's HTTP client, with the caller's patience, and with a look at how Stripe is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import stripe

from app.payments import patience
from app.per_application import PerApplication

CONNECT_SECONDS = 3.05
_checks = PerApplication[list[Callable[[], None]]]("before_stripe", list)


def before_each(check: Callable[[], None]) -> None:
    """Call `check` before each question to Stripe; what it raises, the question raises."""
    _checks.get().append(check)


class HttpClient(stripe.RequestsClient):
    """The SDK's, with the caller's patience. A question that has none left is not sent."""

    def request(  # type: ignore[override]
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        for check in _checks.get():
            check()
        if not _left():
            raise _no_patience()
        return super().request(method, url, headers, post_data)

    def _should_retry(self, *arguments: Any) -> bool:
        return bool(super()._should_retry(*arguments)) and _left() > self.INITIAL_DELAY

    @property
    def _timeout(self) -> tuple[float, float]:
        connect, read = self._longest
        left = _left()
        return min(connect, left), min(read, left)

    @_timeout.setter
    def _timeout(self, longest: tuple[float, float]) -> None:
        self._longest = longest


def _no_patience() -> stripe.APIConnectionError:
    make: Any = stripe.APIConnectionError
    error: stripe.APIConnectionError = make("No patience is left to ask Stripe.", should_retry=False)
    return error


def _left() -> float:
    waiting = patience.current.get()
    return waiting.left() if waiting is not None else float("inf")
