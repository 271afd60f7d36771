"""Letting time pass for subscriptions, one due moment after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from stripe_sandbox.clock import now
from stripe_sandbox.errors import ApiError
from stripe_sandbox.performing import perform
from stripe_sandbox.resources import renewals
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import Store


def advance(sandbox: Sandbox, customers: Sequence[str], to: int, set_clock: Callable[[int], None]) -> int:
    """Do all that is due for customers who share a time, up to `to`; how much that was.

    `set_clock` is told each moment before what happens in it, and is what moves a test clock.
    """
    done = 0
    while _next(sandbox, customers, to, set_clock):
        done += 1
    return done


def _next(sandbox: Sandbox, customers: Sequence[str], to: int, set_clock: Callable[[int], None]) -> bool:
    """Do the next thing, alone with the state so that no one else does it too; whether there was one."""
    with sandbox.store.locked():
        found = [renewals.next_due(sandbox.store, customer, to) for customer in customers]
        due = min((one for one in found if one), default=None)
        if due is None:
            return False
        at, id_ = due
        set_clock(at)
        perform(sandbox, lambda call: renewals.happen(call, id_, at))
        return True


def catch_up(sandbox: Sandbox) -> int:
    """Do what is due for customers without a test clock; how much that was."""
    done = 0
    for customer in sorted(_waiting(sandbox.store)):
        with suppress(ApiError):
            done += advance(sandbox, [customer], now(sandbox.store, customer), lambda _: None)
    return done


def _waiting(store: Store) -> set[str]:
    """The customers without a test clock to whom time does something sooner or later."""
    running = store.all("subscription", {"status": ["active", "past_due", "incomplete"]})
    unpaid = [one for one in store.all("invoice", {"status": "open"}) if one["next_payment_attempt"]]
    return {one["customer"] for one in running + unpaid if not one["test_clock"]}
