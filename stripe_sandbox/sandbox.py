"""The parts of a running stand-in."""

from __future__ import annotations

from threading import Event
from typing import Any

from stripe_sandbox.conformance import Operation
from stripe_sandbox.context import Call
from stripe_sandbox.delivery import Delivery
from stripe_sandbox.faults import Faults
from stripe_sandbox.idempotency import Idempotency
from stripe_sandbox.request_log import RequestLog
from stripe_sandbox.resources.common import find
from stripe_sandbox.resources.payments import challenges
from stripe_sandbox.saved_states import SavedStates
from stripe_sandbox.settings import Settings
from stripe_sandbox.store import Store


class Sandbox:
    """Store, faults, saved states, idempotency, deliveries and the log of one stand-in."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.state)
        self.faults = Faults()
        self.states = SavedStates(self.store, self.faults)
        self.idempotency = Idempotency(self.store)
        self.delivery = Delivery(self.store, settings)
        self.log = RequestLog(self.store)
        self.hurry = Event()
        """Set where something is to be done in the background immediately."""

    def call(self, **params: Any) -> Call:
        """A call of the stand-in's own, for what its control endpoints do."""
        return Call(self.store, self.settings, params)

    def check_client_secret(self, operation: Operation, call: Call, secret: str) -> None:
        """stripe.js has to know the secret of the intent that it reads or confirms."""
        kind = operation.template.split("/")[2].removesuffix("s")
        if call.path_ids and kind in {"payment_intent", "setup_intent"}:
            challenges.check_secret(find(call, kind, call.path_ids[0]), secret)
