"""What time it is for a customer: the machine's, one ahead of it, or that of the test clock the customer hangs on."""

from __future__ import annotations

from stripe_sandbox.store import Store
from stripe_sandbox.store import now as wall_clock

CLOCK = "test_helpers.test_clock"


def now(store: Store, customer_id: str | None) -> int:
    """Seconds since 1970 (https://docs.stripe.com/billing/testing/test-clocks)."""
    customer = store.get(customer_id, "customer") if customer_id else None
    if customer is None:
        return wall_clock()
    frozen = store.get(customer["test_clock"], CLOCK) if customer["test_clock"] else None
    return int(frozen["frozen_time"]) if frozen else wall_clock() + ahead(store, customer["id"])


def ahead(store: Store, customer_id: str) -> int:
    """By how many seconds a customer without a test clock was moved ahead of the machine's time, or behind it.

    Usually by none.

    Stripe has nothing like it: it is for people in front of the demo, whose customers have no test clock, and for the
    demo's own past.
    """
    return int(store.hidden(customer_id).get("ahead", 0))


def put(store: Store, customer_id: str, moment: int) -> None:
    """Move a customer without a test clock to a moment."""
    store.mark(customer_id, ahead=moment - wall_clock())


def shifts(store: Store) -> dict[str, int]:
    """By how many seconds each customer is ahead, of those who were ever moved."""
    ahead_ = "json_extract(hidden, '$.ahead')"
    query = f"SELECT id, {ahead_} FROM object WHERE kind = 'customer' AND {ahead_} IS NOT NULL"  # noqa: S608, no input
    return dict(store.execute(query))
