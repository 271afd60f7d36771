"""Letting time pass for subscriptions, one due moment after the other."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from stripe_sandbox.errors import ApiError
from stripe_sandbox.performing import perform
from stripe_sandbox.resources import renewals
from stripe_sandbox.sandbox import Sandbox


def advance(sandbox: Sandbox, customer: str, to: int, set_clock: Callable[[int], None]) -> int:
    """Do all that is due for a customer up to `to`; how much that was.

    `set_clock` is told each moment before what happens in it, and is what moves a test clock.
    """
    done = 0
    while due := renewals.next_due(sandbox.store, customer, to):
        at, subscription = due
        set_clock(at)
        perform(sandbox, lambda call, of=subscription, now=at: renewals.happen(call, of, now))  # type: ignore[misc]
        done += 1
    return done


def catch_up(sandbox: Sandbox) -> int:
    """Do what is due for customers without a test clock; how much that was."""
    until = int(time.time())
    running = sandbox.store.all("subscription", {"status": ["active", "past_due", "incomplete"]})
    late = {one["customer"] for one in running if not one["test_clock"] and renewals.due(one) <= until}
    done = 0
    for customer in sorted(late):
        with suppress(ApiError):
            done += advance(sandbox, customer, until, lambda _: None)
    return done
