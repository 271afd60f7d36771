"""What time it is for a customer: the machine's, or that of the test clock that the customer hangs on."""

from __future__ import annotations

from stripe_sandbox.store import Store
from stripe_sandbox.store import now as wall_clock

CLOCK = "test_helpers.test_clock"


def now(store: Store, customer_id: str | None) -> int:
    """Seconds since 1970 (https://docs.stripe.com/billing/testing/test-clocks)."""
    customer = store.get(customer_id, "customer") if customer_id else None
    frozen = store.get(customer["test_clock"], CLOCK) if customer and customer["test_clock"] else None
    return int(frozen["frozen_time"]) if frozen else wall_clock()
