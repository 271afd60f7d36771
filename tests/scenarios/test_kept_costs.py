"""What requests cost that no machine changes: it doesn't grow beyond `tests/kept_costs.toml`.

Where it has to grow, or shrinks, `KEEP_COSTS=1 make test ARGS=tests/scenarios/test_kept_costs.py` writes it again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cached_property
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.clock import utc_now
from app.ids import uuid7
from app.models import Organization
from dev.database_roles import Addresses
from tests.factories import an_organization
from tests.support import kept_costs
from tests.support.paying import Owner
from tests.support.platform import Platform
from tests.support.sandbox import Sandbox

HOLD = {"usage": [{"meter": "tokens_in", "quantity": 1_000}], "lease_seconds": 3600}
METERS = ("calls_outbound", "tokens_in", "tokens_out", "speech_to_text", "text_to_speech")
EVENTS = 100


class Calls:
    """Requests of the platform, each made ready and then sent."""

    def __init__(self, app: Flask) -> None:
        self.platform = Platform(app)
        self.organization = an_organization(credit="1000")

    @cached_property
    def others(self) -> list[Organization]:
        return [an_organization(credit="10") for _ in range(20)]

    @property
    def path(self) -> str:
        return f"/organizations/{self.organization.id}"

    def held(self) -> str:
        """The key of a new hold."""
        key = str(uuid7())
        self.platform.post(f"{self.path}/holds", HOLD | {"key": key})
        return key

    def hold(self) -> Callable[[], TestResponse]:
        key = str(uuid7())
        return lambda: self.platform.post(f"{self.path}/holds", HOLD | {"key": key})

    def renewal(self) -> Callable[[], TestResponse]:
        path = f"{self.path}/holds/{self.held()}/renewals"
        return lambda: self.platform.post(path, HOLD | {"slice": 2})

    def capture(self) -> Callable[[], TestResponse]:
        path = f"{self.path}/holds/{self.held()}/capture"
        return lambda: self.platform.post(path, {})

    def batch(self) -> Callable[[], TestResponse]:
        whose = {"op": "reserve", "organization": str(self.organization.id)}
        asked = [whose | HOLD | {"key": str(uuid7())} for _ in range(50)]
        return lambda: self.platform.post("/holds/batch", {"operations": asked})

    def status(self) -> Callable[[], TestResponse]:
        return lambda: self.platform.get(f"{self.path}/status")

    def usage(self) -> Callable[[], TestResponse]:
        return self.reported([self.organization])

    def usage_of_many(self) -> Callable[[], TestResponse]:
        return self.reported(self.others)

    def usage_of_holds(self) -> Callable[[], TestResponse]:
        return self.reported([self.organization], hold=self.held())

    def corrections(self) -> Callable[[], TestResponse]:
        wrong = str(uuid7())
        self.reported([self.organization], name=wrong)()
        return self.reported([self.organization], corrects=wrong)

    def reported(
        self, of: list[Organization], *, name: str = "", corrects: str = "", **names: str
    ) -> Callable[[], TestResponse]:
        """A batch of usage, or of corrections of one."""
        name, now = name or str(uuid7()), utc_now() - timedelta(minutes=1)

        def event(place: int) -> dict[str, Any]:
            data: dict[str, Any] = {
                "organization": str(of[place % len(of)].id),
                "meter": METERS[place % 5],
                "quantity": 30 + place - (20 if corrects else 0),
                "campaign": f"Campaign {place % 7}",
                "agent": f"Agent {place % 5}",
                **names,
            }
            if corrects:
                data["corrects"] = {"source": "platform", "id": f"{corrects}-{place}"}
            return {
                "specversion": "1.0",
                "type": "voice-portal.usage.v1",
                "source": "platform",
                "id": f"{name}-{place}",
                "time": now.isoformat(),
                "data": data,
            }

        events = [event(place) for place in range(EVENTS)]
        return lambda: self.platform.post("/usage", events, content_type="application/cloudevents-batch+json")


CALLS: dict[str, Callable[[Calls], Callable[[], TestResponse]]] = {
    "a hold": Calls.hold,
    "a renewal": Calls.renewal,
    "a capture": Calls.capture,
    "50 holds in a batch": Calls.batch,
    "a calling status": Calls.status,
    "100 events": Calls.usage,
    "100 events of 20 organizations": Calls.usage_of_many,
    "100 events of a hold": Calls.usage_of_holds,
    "100 corrections": Calls.corrections,
}
PAGES = {
    "Overview": "/billing",
    "Wallet": "/billing/wallet",
    "History": "/billing/activity",
    "Payment methods": "/billing/payment-methods",
    "Change plan": "/billing/change-plan",
    "Invoices": "/workplace/invoices",
}
POLL = "/billing/live/overview"


@pytest.mark.parametrize("name", CALLS)
def test_what_the_platform_asks_costs_no_more(app: Flask, database: Addresses, name: str) -> None:
    calls = Calls(app)
    kept_costs.compare(name, kept_costs.count(app, owner_url(database), lambda: CALLS[name](calls)))


def test_pages_cost_no_more(app: Flask, database: Addresses, sandbox: Sandbox) -> None:
    owner = Owner(app, credit="100")
    headers = {"Accept-Encoding": "gzip", "Sec-Fetch-Site": "none"}
    for name, path in PAGES.items():
        costs = kept_costs.count(
            app, owner_url(database), lambda path=path: lambda: owner.get(path, headers=headers)
        )
        kept_costs.compare(name, costs)
    first = owner.get(POLL, headers={"HX-Request": "true"})
    known = {"HX-Request": "true", "HX-PTag": first.headers["HX-PTag"]}
    costs = kept_costs.count(app, owner_url(database), lambda: lambda: owner.get(POLL, headers=known))
    kept_costs.compare("balance poll, unchanged", costs)


def owner_url(database: Addresses) -> str:
    return database.owner.replace("+psycopg", "", 1)


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, []),
        ({"statements": 1}, ["statements"]),
        ({"waits": 1, "written": 1}, ["waits", "written"]),
        ({"read": -1}, []),
        ({"bytes": 20}, []),
        ({"bytes": 2_000}, ["bytes"]),
    ],
)
def test_what_grows_is_said(more: dict[str, int], found: list[str]) -> None:
    costs = kept_costs.kept()["a hold"]
    assert (
        list(kept_costs.grown("a hold", {what: costs[what] + more.get(what, 0) for what in costs})) == found
    )
