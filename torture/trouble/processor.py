"""The payment processor in trouble, and what its dashboard and banks do meanwhile: refunds, disputes, decisions."""

from __future__ import annotations

import threading
from random import Random
from typing import Any

from stripe_sandbox.control_client import Decision, Mode
from torture.journal import Journal
from torture.stripe_side import AWAY, StripeSide

FAULTS = ("timeout_after", "drop_before", "drop_after", "500_before", "500_after", "409", "429", "html")
OPERATIONS = (
    "POST /v1/payment_intents",
    "POST /v1/payment_intents/*/confirm",
    "GET /v1/payment_intents/*",
    "POST /v1/payment_intents/*/cancel",
    "POST /v1/setup_intents",
    "GET /v1/setup_intents/*",
    "POST /v1/customers",
    "POST /v1/customers/*",
    "POST /v1/subscriptions",
    "POST /v1/subscriptions/*",
    "GET /v1/subscriptions/*",
    "POST /v1/invoices/*/pay",
    "POST /v1/payment_methods/*/detach",
    "GET /v1/refunds/*",
    "GET /v1/disputes/*",
    "GET /v1/events/*",
)
MODES: tuple[Mode, ...] = ("deliver", "duplicate", "shuffle", "hold", "drop")
SLOW = 4.0
"""Seconds, more than the application waits for an answer."""


class Processor:
    """Makes trouble every other second, in a thread, until `stopping`."""

    def __init__(self, side: StripeSide, chance: Random, journal: Journal, stopping: threading.Event) -> None:
        self._side = side
        self._chance = chance
        self._journal = journal
        self._stopping = stopping
        self.thread = threading.Thread(target=self._run, name="processor", daemon=True)

    def _run(self) -> None:
        kinds = {"fault ordered": self._fault, "webhooks": self._webhooks, "refund": self._refund}
        kinds |= {"dispute": self._dispute, "dispute decided": self._decide}
        while not self._stopping.wait(self._chance.uniform(1, 3)):
            name = self._chance.choices(list(kinds), [5, 3, 3, 1, 2])[0]
            try:
                outcome = kinds[name]()
            except AWAY:
                outcome = "Stripe away"
            self._journal.happened(name, outcome)

    def _fault(self) -> str:
        kind = self._chance.choice(FAULTS)
        self._side.control.order_fault(
            self._chance.choice(OPERATIONS),
            kind,
            times=self._chance.randint(1, 2),
            delay=SLOW if kind == "timeout_after" else 0.0,
        )
        return kind

    def _webhooks(self) -> str:
        mode = self._chance.choice(MODES)
        self._side.control.set_webhooks(mode)
        return mode

    def _refund(self) -> str:
        charge = self._top_up_charge()
        if charge is None:
            return "nothing to refund"
        left = charge.amount - charge.amount_refunded
        amount = left if self._chance.random() < 0.5 else self._chance.randint(1, left)
        self._side.client.v1.refunds.create({"charge": charge.id, "amount": amount})
        return "all of it" if amount == left else "a part"

    def _dispute(self) -> str:
        charge = self._top_up_charge()
        if charge is None or charge.disputed:
            return "nothing to dispute"
        self._side.control.open_dispute(charge.id, inquiry=self._chance.random() < 0.3)
        return "opened"

    def _decide(self) -> str:
        open_ones = [one for one in self._side.all("disputes") if is_open(one)]
        if not open_ones:
            return "nothing to decide"
        return decide(self._side, self._chance.choice(open_ones), self._chance)

    def _top_up_charge(self) -> Any:
        """One that still has something, and was not for a plan."""
        page = self._side.client.v1.charges.list({"limit": 100}).data
        found = [one for one in page if one.paid and one.amount_refunded < one.amount and top_up_of(one)]
        return self._chance.choice(found) if found else None


def top_up_of(charge: Any) -> str | None:
    """The top-up that a charge is for; None of one for a plan, of which the wallet knows nothing."""
    found: str | None = charge.metadata.to_dict().get("top_up") if charge.metadata else None
    return found


def is_open(dispute: Any) -> bool:
    return dispute.status not in {"won", "lost", "warning_closed"}


def decide(side: StripeSide, dispute: Any, chance: Random) -> str:
    """Let the bank decide."""
    outcomes: list[Decision] = ["warning_closed"] if dispute.status.startswith("warning") else ["won", "lost"]
    outcome = chance.choice(outcomes)
    side.control.decide_dispute(dispute.id, outcome)
    return outcome
