"""Slow bodies, slow heads, downloads that no one reads, a slow Stripe and a locked wallet: alone, and all at
the same time.

Meanwhile the platform's holds and status for another organization, other people's pages and `/healthz` are
answered. The bound is a limit on hanging, not on speed: with nothing slow each answer takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import pytest
import requests
from flask import Flask
from sqlalchemy import text

from app.billing import topups
from app.billing.wallet import verification
from app.extensions import db
from app.models import Organization
from app.people import tokens
from app.people.tokens import Scope
from config import Settings
from tests.factories import a_payer, a_person, an_organization
from tests.support.browsing import Visitor
from tests.support.locking import wallet_locked
from tests.support.money import credited
from tests.support.sandbox import Sandbox
from tests.support.topping_up import begin
from tests.support.web_process import WebProcess, head, web_process

IN_TIME = 15
"""Seconds within which everyone else is answered, however slow the machine."""

DOWNLOADS, CLICKS, CALLS, CLIENTS = 12, 14, 50, 30


class World:
    """A running server, and all that may go wrong around it."""

    def __init__(self, app: Flask, server: WebProcess, sandbox: Sandbox, stack: ExitStack) -> None:
        self.app, self.server, self.sandbox, self.stack = app, server, sandbox, stack
        self.crowd = stack.enter_context(ThreadPoolExecutor(CLICKS + CALLS))
        self.asked: dict[str, list[Future[requests.Response]]] = {"stripe": [], "wallet": []}
        self.top_ups: list[tuple[Organization, UUID]] = []
        self.locked = an_organization("Locked", credit="10")
        self.free = an_organization("Free", credit="100")
        self.other = self.browser(self.free)
        _, self.token = tokens.create("the platform", tuple(Scope), org_id=None, lasts=None)
        db.session.commit()

    def browser(self, organization: Organization) -> Visitor:
        visitor = Visitor(self.app.test_client())
        assert visitor.sign_in(a_person(organization=organization).email).status_code == 302
        return visitor

    def page(self, visitor: Visitor, path: str, data: dict[str, str] | None = None) -> requests.Response:
        """What the server answers to a browser: a page, or where a form leads."""
        cookies = {"Cookie": _cookie(visitor)}
        if data is None:
            return requests.get(self.server.address + path, headers=cookies, timeout=IN_TIME)
        filled = data | {"csrf_token": visitor.token()}
        cookies |= {"Referer": self.server.address, "Cookie": _cookie(visitor)}
        address = self.server.address + path
        return requests.post(address, filled, headers=cookies, timeout=60, allow_redirects=False)

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """What the platform is answered."""
        headers = {"Authorization": f"Bearer {self.token}"}
        options = {"timeout": IN_TIME} | options
        return requests.request(method, f"{self.server.address}/api/v1{path}", headers=headers, **options)

    def hold(self, org_id: UUID, key: str, **options: Any) -> requests.Response:
        wanted = {"key": key, "usage": [{"meter": "calls_outbound", "quantity": 1}], "lease_seconds": 60}
        return self.call("POST", f"/organizations/{org_id}/holds", json=wanted, **options)


def slow_bodies(world: World) -> None:
    for _ in range(CLIENTS):
        world.server.open(head("POST", "/api/v1/usage", Content_Length="5000") + b"[")
        world.server.open(head("POST", "/sign-in", Transfer_Encoding="chunked") + b"1\r\na\r\n")


def slow_heads(world: World) -> None:
    for _ in range(CLIENTS):
        world.server.open(b"POST /webhooks/stripe HTTP/1.1\r\nHost: ")


def stalled_readers(world: World) -> None:
    organization = an_organization("Long", credit="10")
    _write_a_long_history(organization)
    cookie = _cookie(world.browser(organization))
    for _ in range(DOWNLOADS):
        reading = world.server.open(head("GET", "/billing/wallet/history.csv", Cookie=cookie))
        assert reading.recv(12) == b"HTTP/1.1 200"


def slow_stripe(world: World) -> None:
    people = []
    for _ in range(CLICKS):
        organization, card = a_payer()
        world.top_ups.append((organization, begin(organization, card)))
        people.append(world.browser(organization))
    world.sandbox.fail("POST /v1/payment_intents", "timeout_after", times=100, delay=60)
    for person, (_, top_up) in zip(people, world.top_ups, strict=True):
        path = f"/billing/wallet/top-ups/{top_up}/payments"
        world.asked["stripe"].append(world.crowd.submit(world.page, person, path, {}))


def locked_wallet(world: World) -> None:
    world.stack.enter_context(wallet_locked(world.locked.id))
    for number in range(CALLS):
        world.asked["wallet"].append(
            world.crowd.submit(world.hold, world.locked.id, f"locked-{number}", timeout=60)
        )


TROUBLES = (slow_bodies, slow_heads, stalled_readers, slow_stripe, locked_wallet)


@pytest.fixture(scope="module")
def server(settings: Settings) -> Iterator[WebProcess]:
    environment = {
        "DATABASE_URL": settings.database_url,
        "PUBLIC_URL": settings.public_url,
        "STRIPE_API_BASE": settings.stripe_api_base,
        "STRIPE_JS_URL": settings.stripe_js_url,
        "STRIPE_TIMEOUT_SECONDS": "20",
        "STRIPE_PAGE_PATIENCE_SECONDS": "2",
    }
    with web_process(environment=environment) as started:
        yield started


@pytest.fixture
def world(app: Flask, server: WebProcess, sandbox: Sandbox) -> Iterator[World]:
    with ExitStack() as stack:
        yield World(app, server, sandbox, stack)
        server.hang_up()


@pytest.mark.parametrize(
    "troubles",
    [*((one,) for one in TROUBLES), TROUBLES],
    ids=lambda t: t[-1].__name__ if len(t) == 1 else "all_together",
)
def test_everybody_else_is_answered(world: World, troubles: tuple[Callable[[World], None], ...]) -> None:
    for trouble in troubles:
        trouble(world)
    for number in range(10):
        assert world.hold(world.free.id, f"call-{number}").status_code == 200
        assert world.call("GET", f"/organizations/{world.free.id}/status").status_code == 200
        assert requests.get(f"{world.server.address}/healthz", timeout=IN_TIME).status_code == 200
        assert world.page(world.other, "/billing").status_code == 200
    _check_what_was_slow(world)


def _check_what_was_slow(world: World) -> None:
    """Every click is pending and is charged once; every call is told when to come again."""
    clicks = [one.result() for one in world.asked["stripe"]]
    assert {answer.status_code for answer in clicks} <= {303}
    calls = [one.result() for one in world.asked["wallet"]]
    assert {answer.status_code for answer in calls} <= {503}
    assert all(int(answer.headers["Retry-After"]) <= 5 for answer in calls)
    world.sandbox.clear_faults()
    db.session.rollback()
    if clicks:
        for organization, top_up in world.top_ups:
            assert topups.recover(organization.id, top_up)
            assert len(credited(organization)) == 1
        assert len(world.sandbox.charges()) == CLICKS
    assert verification.check() == []


def _cookie(visitor: Visitor) -> str:
    # Its session is where the form's token comes from.
    visitor.token()
    return "; ".join(f"{one.key}={one.value}" for one in visitor.client._cookies.values())


def _write_a_long_history(organization: Organization) -> None:
    """Lines that sum to nothing, for a file of some megabytes: more than sockets hold."""
    db.session.execute(
        text("""
            INSERT INTO wallet_line (org_id, id, seq, first_seq, day, at, kind, amount_micro, detail)
            SELECT :org_id, gen_random_uuid(), n, n, current_date, now(), 'adjustment', 0, repeat('x', 600)
            FROM generate_series(100000, 109000) AS n
        """),
        {"org_id": organization.id},
    )
    db.session.commit()
