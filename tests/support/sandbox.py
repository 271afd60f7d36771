"""Stripe's stand-in as tests use it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from typing import Any, Literal

import stripe
from flask import Flask
from flask.testing import FlaskClient

from app import jobs
from app.queues import Queue
from stripe_sandbox.control_client import ControlClient, ControlError
from stripe_sandbox.testing import Process

WEBHOOK_SECRET = "whsec_of_tests"

GOOD = "4242424242424242"

stripe.enable_telemetry = False
# Between tries of a call; Stripe asks for half a second, the stand-in for none.
for name in ("INITIAL_DELAY", "MAX_DELAY"):
    setattr(stripe.HTTPClient, name, 0.01)


class Sandbox:
    """The running stand-in, with a client of its own beside the application's."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.url: str = process.url
        self.control: ControlClient = process.control
        self.stripe = stripe.StripeClient("sk_test_sandbox", base_addresses={"api": self.url})

    def start_over(self) -> None:
        """Forget everything, and keep webhooks until they are delivered."""
        self.control.reset(webhooks="hold")

    def fail(self, operation: str, kind: str, *, times: int = 1, delay: float = 0) -> None:
        """Let the next `times` calls of an operation, like `POST /v1/payment_intents`, fail in this way."""
        self.control.order_fault(operation, kind, times=times, delay=delay)

    def move(self, customer: str, to: datetime) -> None:
        """Let it be `to` for a customer: what comes due on the way happens."""
        self.control.move_to(customer, to)

    def clear_faults(self) -> None:
        self.control.clear_faults()

    def events(self) -> list[stripe.Event]:
        """All events, oldest first."""
        return list(reversed(list(self.stripe.v1.events.list({"limit": 100}).auto_paging_iter())))

    def notifications(self) -> list[dict[str, Any]]:
        """The events as Stripe sends them, oldest first: no objects of the SDK's, which take long to make."""
        found: list[dict[str, Any]] = []
        more: dict[str, str] = {}
        while True:
            page: Any = self.stripe.raw_request("get", "/v1/events", limit=100, **more).data
            found += page["data"]
            if not page["has_more"]:
                return found[::-1]
            more = {"starting_after": found[-1]["id"]}

    def enter_card(self, number: str = GOOD, *, keep: bool = False, **card: Any) -> str:
        """A card as Stripe's fields in the page make it: a confirmation token, with or without saving it; its id."""
        usual = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        sent: Any = {
            "payment_method_data": {"type": "card", "card": usual | card},
            "client_context": {"mode": "payment", "currency": "usd"},
        }
        usage = {"setup_future_usage": "off_session"} if keep else {}
        made = self.stripe.raw_request("post", "/v1/confirmation_tokens", **sent, **usage)
        return str(made.data["id"])

    def charges(self) -> list[stripe.Charge]:
        """The charges that took money."""
        found = self.stripe.v1.charges.list({"limit": 100}).auto_paging_iter()
        return [charge for charge in found if charge.status == "succeeded"]

    def answer_bank(self, outcome: Literal["complete", "fail"], *, of: str | None = None) -> None:
        """The payer's answer to the bank, `complete` or `fail`; `of` a setup intent, else of the newest payment."""
        intent = self.stripe.v1.setup_intents.retrieve(of) if of else self.payment_intents()[0]
        with suppress(ControlError):  # A card may decline after it.
            self.control.answer_challenge(intent.client_secret or "", outcome)

    def payment_intents(self) -> list[stripe.PaymentIntent]:
        return list(self.stripe.v1.payment_intents.list({"limit": 100}).auto_paging_iter())


def network_update(sandbox: Sandbox, method: str, **changes: Any) -> None:
    """The card network tells Stripe of a new number or expiry; three years more if it isn't said which."""
    sandbox.control.update_card(method, **changes)


def detach_in_dashboard(sandbox: Sandbox, method: str) -> None:
    """Someone removes a card in Stripe's dashboard."""
    sandbox.control.detach_card(method)


def deliver(client: FlaskClient, event: Any, *, secret: str = WEBHOOK_SECRET) -> int:
    """Post an event to the webhook endpoint as Stripe does; the answer's status."""
    body = event if isinstance(event, str) else json.dumps(event) if isinstance(event, dict) else str(event)
    signature = stripe.WebhookSignature.generate_signature_header(body, secret)
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
    return client.post("/webhooks/stripe", data=body, headers=headers).status_code


def deliver_all(app: Flask, sandbox: Sandbox) -> None:
    """Deliver every event of the stand-in and work through the jobs that come of it."""
    client = app.test_client()
    for event in sandbox.notifications():
        assert deliver(client, event) == 200
    work_through(app)


def work_through(app: Flask, *queues: Queue) -> None:
    """Run the jobs that are due, of these queues or of all. In a thread of its own: the worker wants an event loop, and
    so does Playwright, which may have been started in this process."""
    with ThreadPoolExecutor(1) as aside:
        aside.submit(jobs.run_worker, app, queues=queues or (*Queue,), until_empty=True).result()
