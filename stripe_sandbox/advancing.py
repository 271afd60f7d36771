"""Letting time pass for subscriptions, one due moment after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from stripe_sandbox import clock
from stripe_sandbox.errors import ApiError
from stripe_sandbox.performing import perform
from stripe_sandbox.resources.billing import renewals
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import Store
from stripe_sandbox.store import now as wall_clock


def advance(sandbox: Sandbox, customers: Sequence[str], to: int, set_clock: Callable[[int], None]) -> int:
    """Do all that is due for customers who share a time, up to `to`; how much that was.

    `set_clock` gets each moment before what happens in it, and is what moves a test clock.
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
    for customer in sorted(_late(sandbox.store)):
        with suppress(ApiError):
            done += advance(sandbox, [customer], clock.now(sandbox.store, customer), lambda _: None)
    return done


def _late(store: Store) -> set[str]:
    """The customers without a test clock to whom something is due; asked twice a second, so in three queries."""
    running = store.all("subscription", {"status": list(renewals.RUNNING), "test_clock": None})
    unpaid = store.all("invoice", {"status": ["draft", "open"], "test_clock": None})
    moments = [(one["customer"], renewals.due(store, one)) for one in running]
    moments += [
        (one["customer"], at)
        for one in unpaid
        if (at := one["automatically_finalizes_at"] or one["next_payment_attempt"])
    ]
    wall, shifts = wall_clock(), clock.shifts(store)
    return {customer for customer, at in moments if at <= wall + shifts.get(customer, 0)}
