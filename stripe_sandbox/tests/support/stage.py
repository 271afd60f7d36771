"""A customer on a test clock, in a stand-in without a server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from stripe_sandbox.advancing import advance
from stripe_sandbox.clock import CLOCK
from stripe_sandbox.performing import perform
from stripe_sandbox.resources.billing import prices, subscriptions
from stripe_sandbox.resources.customers import customers
from stripe_sandbox.resources.payments import payment_methods
from stripe_sandbox.sandbox import Sandbox

DECLINES, PAYS = "4000000000000341", "4242424242424242"


class Stage:
    """A customer on a clock that stands at noon of 31 January 2027."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        clock = {"id": "clock_1", "object": CLOCK, "frozen_time": at("2027-01-31")}
        sandbox.store.add(clock)
        self.customer = self.do(customers.create, name="Ada")
        self.customer["test_clock"] = clock["id"]
        sandbox.store.save(self.customer)

    def do(self, work: Callable[..., dict[str, Any]], *ids: str, **params: Any) -> dict[str, Any]:
        return perform(self.sandbox, work, *ids, **params).body

    def set_clock(self, moment: int) -> None:
        clock = self.sandbox.store.get("clock_1", CLOCK) or {}
        self.sandbox.store.save(clock | {"frozen_time": moment})

    def move_to(self, day: str, *, hour: int = 12) -> int:
        """Let time pass to noon of a day, when periods end, or to another hour of it."""
        to = at(day, hour=hour)
        done = advance(self.sandbox, [self.customer["id"]], to, self.set_clock)
        self.set_clock(to)
        return done

    def charge_on(self, day: str) -> int:
        """Let time pass to one hour after noon of a day: an invoice that was drafted at noon is charged then."""
        return self.move_to(day, hour=13)

    def use(self, number: str) -> None:
        card = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        method = self.do(payment_methods.create, type="card", card=card)
        self.do(payment_methods.attach, method["id"], customer=self.customer["id"])
        chosen = {"default_payment_method": method["id"]}
        self.do(customers.update, self.customer["id"], invoice_settings=chosen)

    def subscribe(self, amount: int, interval: str = "month", **params: Any) -> dict[str, Any]:
        price = self.do(
            prices.create,
            currency="usd",
            unit_amount=amount,
            recurring={"interval": interval},
            product_data={"name": "Plan"},
        )
        items = [{"price": price["id"]}]
        return self.do(subscriptions.create, customer=self.customer["id"], items=items, **params)

    def now(self, one: dict[str, Any]) -> dict[str, Any]:
        return self.do(subscriptions.retrieve, one["id"])

    def invoices(self) -> list[dict[str, Any]]:
        return self.sandbox.store.all("invoice", {"customer": self.customer["id"]})[::-1]

    def newest(self) -> dict[str, Any]:
        """The newest invoice."""
        return self.invoices()[-1]

    def statuses(self) -> list[str]:
        """Those of the invoices, the oldest first."""
        return [one["status"] for one in self.invoices()]

    def events(self) -> list[str]:
        """The types of all events so far, the oldest first."""
        return [one["type"] for one in self.sandbox.store.newest("event")][::-1]


def at(day: str, *, hour: int = 12) -> int:
    """Noon of a day, or another hour of it."""
    return int(datetime.fromisoformat(f"{day}T{hour:02}:00:00").replace(tzinfo=UTC).timestamp())
