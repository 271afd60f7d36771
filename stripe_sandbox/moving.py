"""Moving time ahead: that of a test clock, as the API asks, or that of any customer, as people at the demo do."""

from __future__ import annotations

import logging

from stripe_sandbox import clock
from stripe_sandbox.advancing import advance
from stripe_sandbox.clock import CLOCK
from stripe_sandbox.errors import invalid
from stripe_sandbox.performing import perform
from stripe_sandbox.resources.billing import renewals, test_clocks
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import Store

FARTHEST = 5 * 366 * 86_400
"""Seconds; no one is moved farther ahead in one go."""
_log = logging.getLogger(__name__)


def move(sandbox: Sandbox, customer: str, to: int) -> int:
    """Move a customer ahead, with all who hang on the same test clock; how much happened on the way."""
    body = sandbox.store.get(customer, "customer")
    if body and body["test_clock"]:
        return _move_clock(sandbox, body["test_clock"], to)
    done = advance(sandbox, [customer], to, lambda moment: clock.put(sandbox.store, customer, moment))
    clock.put(sandbox.store, customer, to)
    return done


def move_to_next(sandbox: Sandbox, customer: str) -> int:
    """Move a customer ahead to what time does next to them. Raises 400 where that is nothing."""
    due = coming(sandbox.store, customer)
    if due is None:
        raise invalid("Nothing is scheduled for this customer: no subscription is running.")
    return move(sandbox, customer, due[0])


def coming(store: Store, customer: str) -> tuple[int, str] | None:
    """When time does the next thing to a customer, and to which subscription or unpaid invoice."""
    now = clock.now(store, customer)
    due = renewals.next_due(store, customer, now + FARTHEST)
    return (max(due[0], now), due[1]) if due else None


def move_clocks(sandbox: Sandbox) -> int:
    """Move the test clocks that were asked to advance, also before a restart; how much happened on the way."""
    done = 0
    for body in sandbox.store.all(CLOCK, {"status": "advancing"}):
        to, id_ = body["status_details"]["advancing"]["target_frozen_time"], body["id"]
        try:
            done += _move_clock(sandbox, id_, to)
            perform(sandbox, lambda call, of=id_: test_clocks.arrive(call, of, "ready"))  # type: ignore[misc]
        except Exception:
            _log.exception("The stand-in failed to advance %s", id_)
            perform(sandbox, lambda call, of=id_: test_clocks.arrive(call, of, "internal_failure"))  # type: ignore[misc]
    return done


def _move_clock(sandbox: Sandbox, id_: str, to: int) -> int:
    customers = [one["id"] for one in sandbox.store.all("customer", {"test_clock": id_})]
    done = advance(sandbox, customers, to, lambda moment: test_clocks.put(sandbox.store, id_, moment))
    test_clocks.put(sandbox.store, id_, to)
    return done
