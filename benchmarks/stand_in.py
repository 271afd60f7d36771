"""Section stand-in: payments by the thousand, and pages of lists that don't slow down as they grow."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import stripe

from benchmarks.figures import Figure, milliseconds
from stripe_sandbox.conformance import blank
from stripe_sandbox.lists import listing
from stripe_sandbox.store import Store
from stripe_sandbox.testing import running

PAYMENTS = 1_000
CLIENTS = 8
MOST_SECONDS = 10.0
FEW, MANY = 200, 10_000
MOST_TIMES_AS_LONG = 2.0


def measure(_: Mapping[str, str]) -> Iterator[Figure]:
    """Payments over HTTP through the SDK, in threads; and pages of a hundred of few and of many objects."""
    stripe.enable_telemetry = False
    with running(conformance=False) as process:
        client = stripe.StripeClient("sk_test_benchmark", base_addresses={"api": process.url})
        yield _payments(client)
    with tempfile.TemporaryDirectory() as folder:
        yield _lists(Path(folder))


def _payments(client: stripe.StripeClient) -> Figure:
    customer = client.v1.customers.create({"name": "Northwind"}).id

    def pay(number: int) -> None:
        client.v1.payment_intents.create(
            {
                "amount": 5_000 + number,
                "currency": "usd",
                "customer": customer,
                "payment_method": "pm_card_visa",
                "confirm": True,
            },
            {"idempotency_key": f"payment-{number}"},
        )

    seconds = _in_threads(pay)
    least = _in_threads(lambda _: client.v1.customers.retrieve(customer))
    return Figure(
        section="stand-in",
        what=f"{PAYMENTS:,} payments made and confirmed by {CLIENTS} clients",
        measured=f"{seconds:.1f} s ({PAYMENTS / seconds:,.0f} a second)",
        floor=f"{least:.1f} s to read a customer as often",
        goal=f"at most {MOST_SECONDS:g} s",
        met=seconds <= MOST_SECONDS,
    )


def _in_threads(work: Callable[[int], object]) -> float:
    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(work, range(PAYMENTS)))
    return time.perf_counter() - started


def _lists(folder: Path) -> Figure:
    few, many = (_page_of(folder / f"{count}.db", count) for count in (FEW, MANY))
    return Figure(
        section="stand-in",
        what=f"a page of 100 of a customer's {MANY:,} payments, deep inside",
        measured=f"{milliseconds(many)} ({many / few:.2f} times the floor)",
        floor=f"{milliseconds(few)} of {FEW}",
        goal=f"at most {MOST_TIMES_AS_LONG:g} times",
        met=many <= few * MOST_TIMES_AS_LONG,
    )


def _page_of(file: Path, count: int) -> float:
    """Seconds for the page behind the middle one of `count` payments, the quickest of ten."""
    store = Store(file)
    with store.locked():
        for number in range(count):
            store.add(blank("payment_intent", id=f"pi_{number}", customer="cus_1"))
    asked = {"limit": 100, "starting_after": f"pi_{count // 2 + 50}"}
    quickest = float("inf")
    for _ in range(10):
        started = time.perf_counter()
        listing(store, "payment_intent", "/v1/payment_intents", asked, {"customer": "cus_1"})
        quickest = min(quickest, time.perf_counter() - started)
    return quickest
