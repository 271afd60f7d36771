"""Checks that the right stand-in for Stripe is running.

A command finds the demo's stand-in by the note that the demo left. Another demo's may be listening on that port by
now, and payments of one would end up in the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import requests

from app.payments.errors import StandInError
from config import Settings
from stripe_sandbox.control_client import ControlClient, ControlError

_SECONDS = 3


@dataclass
class StandIn:
    """`id` is who it has to be; empty if no stand-in is known, None if the address was set and is trusted."""

    address: str
    id: str | None
    known: bool = field(default=False)

    @classmethod
    def of(cls, settings: Settings) -> StandIn:
        return cls(settings.stripe_api_base, settings.stripe_stand_in_id)

    def require(self) -> None:
        """Ask once who it is. Raises `StandInError`."""
        if self.known or self.id is None:
            return
        if not self.id:
            raise StandInError(
                "No demo with a stand-in for Stripe is running. Start `make run`, or set STRIPE_API_BASE."
            )
        try:
            answers = ControlClient(self.address, timeout=_SECONDS).id()
        except (ControlError, LookupError, TypeError):
            # Something else than a stand-in listens there.
            answers = None
        except requests.RequestException as error:
            raise StandInError(
                f"The demo's stand-in for Stripe does not answer at {self.address}. Is `make run` running?"
            ) from error
        if answers != self.id:
            raise StandInError(
                f"What answers at {self.address} is not the stand-in for Stripe of this demo, but another one's. "
                "End that, or start `make run` again with another STRIPE_SANDBOX_PORT."
            )
        self.known = True
