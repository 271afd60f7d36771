"""The SDK's HTTP client: it keeps to the caller's deadline, and runs checks before each request."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import stripe
import structlog

from app import tracing
from app.payments import call_metrics, deadlines
from app.per_application import PerApplication

log = structlog.get_logger("billing.payments")

CONNECT_SECONDS = 3.05
_checks = PerApplication[list[Callable[[], None]]]("before_stripe", list)


def before_each(check: Callable[[], None]) -> None:
    """Call `check` before each request to Stripe; what it raises, the request raises."""
    _checks.get().append(check)


class HttpClient(stripe.RequestsClient):
    """The SDK's client, bound to the caller's deadline. A request is not sent once the deadline has
    passed."""

    def request(  # type: ignore[override]
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        for check in _checks.get():
            check()
        if not _left():
            raise _deadline_passed()
        started, status = time.perf_counter(), None
        try:
            with tracing.span(f"Stripe {call_metrics.operation_of(method, url)}", kind="client") as span:
                answer = super().request(method, url, headers, post_data)
                status = answer[1]
                tracing.note(
                    span, http__response__status_code=status, stripe__request_id=answer[2].get("request-id")
                )
        finally:
            call_metrics.note(method, url, status, time.perf_counter() - started)
        log.debug("stripe_answered", status=status, stripe_request=answer[2].get("request-id"))
        return answer

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


def _deadline_passed() -> stripe.APIConnectionError:
    make: Any = stripe.APIConnectionError
    error: stripe.APIConnectionError = make(
        "The deadline passed before Stripe was asked.", should_retry=False
    )
    return error


def _left() -> float:
    waiting = deadlines.current.get()
    return waiting.left() if waiting is not None else float("inf")
