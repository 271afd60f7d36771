"""What can be done to the stand-in beyond Stripe's API: time, banks, faults, webhooks, and the dashboard's buttons.

Programs that play with it use this client; nothing else needs to know the addresses under `/_sandbox`. It imports
nothing else of the stand-in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import requests

HEALTH = "/_sandbox/health"
"""Where the stand-in answers once it has started."""
Answer = Literal["declines", "asks", "lost", "default"]
"""How a card's bank answers: declines, asks the payer each time, says that the card is lost, or does what
the card's number says."""
Decision = Literal["won", "lost", "warning_closed", "escalated"]
"""How a bank decides a dispute, or an inquiry: `escalated` makes a dispute of it."""
Outcome = Literal["complete", "fail"]
Mode = Literal["deliver", "hold", "drop", "duplicate", "shuffle"]
"""What becomes of webhooks."""


class ControlError(requests.HTTPError):
    """The stand-in refused; the message says why."""


@dataclass(frozen=True, slots=True)
class Coming:
    """What time does next to a customer: when, in seconds since 1970, and to which object."""

    at: int
    object: str


@dataclass(frozen=True, slots=True)
class Clock:
    """The time of a customer in seconds since 1970, and what comes next.

    `done` counts what happened on the way, where time was moved.
    """

    now: int
    next: Coming | None
    done: int = 0


@dataclass(frozen=True, slots=True)
class Flushed:
    """How many webhooks were delivered, and how many were refused."""

    delivered: int
    refused: int


class ControlClient:
    """The controls of the stand-in at `url`. Each raises `ControlError` for a refusal, and another
    `requests.RequestException` where the stand-in can't be reached within `timeout` seconds.
    """

    def __init__(self, url: str, *, timeout: float = 30) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout
        self._session = requests.Session()

    def id(self) -> str | None:
        """Who answers, as `SANDBOX_ID` named it; None for one without a name."""
        found = self.call("health", method="GET")
        return found.get("id") if isinstance(found, dict) else None

    def reset(self, *, webhooks: Mode = "deliver") -> None:
        """Forget everything, faults too. Webhooks are in this mode from then on."""
        self.call("reset", {"webhooks": webhooks})

    def save(self, name: str) -> None:
        """Save what was made and asked, under a name, until the stand-in ends; not its faults, nor how events go."""
        self.call(f"states/{name}", method="PUT")

    def restore(self, name: str) -> int:
        """Put back what was saved, as old as it was then; by how many seconds its times are later now.

        Raises `ControlError` with 409 unless the stand-in is empty, and else with 404 where nothing has this name.
        """
        return int(self.call(f"states/{name}/restore")["seconds"])

    def requests(self) -> list[dict[str, Any]]:
        """The newest calls of the API, with their faults and keys."""
        found: list[dict[str, Any]] = self.call("requests", method="GET")
        return found

    # Time

    def clock(self, customer: str) -> Clock:
        """What time it is for a customer, and what comes next."""
        return _clock(self.call("clock", params={"customer": customer}, method="GET"))

    def move_to(self, customer: str, moment: datetime) -> Clock:
        """Let it be a moment for a customer; what is due on the way happens first."""
        return self._move(customer, to=int(moment.timestamp()))

    def move_days(self, customer: str, days: int) -> Clock:
        """Move a customer ahead; what is due on the way happens first."""
        return self._move(customer, days=days)

    def move_to_next(self, customer: str) -> Clock:
        """Move a customer to what time does next to them."""
        return self._move(customer, next=True)

    def move_all_days(self, days: int) -> int:
        """Move everyone ahead who is on no test clock; how much happened on the way."""
        return int(self.call("clock", {"days": days})["done"])

    def run_scheduled(self) -> int:
        """Let everything happen now that was to happen a few seconds later; how much that was."""
        return int(self.call("scheduled/run")["done"])

    # What goes wrong

    def order_fault(self, operation: str, kind: str, *, times: int = 1, delay: float = 0.0) -> None:
        """Let the next calls of an operation, like `POST /v1/refunds`, go wrong; `delay` in seconds."""
        self.call("faults", {"operation": operation, "kind": kind, "times": times, "delay": delay})

    def clear_faults(self) -> None:
        self.call("faults", method="DELETE")

    def set_bank_answer(self, method: str, answer: Answer) -> None:
        """Let the bank of a card answer otherwise from now on."""
        self.call(f"payment_methods/{method}/bank", {"answer": answer})

    def answer_challenge(self, client_secret: str, outcome: Outcome) -> dict[str, Any]:
        """The payer's answer to their bank; the intent. Raises `ControlError` where the card declines after it."""
        intent = client_secret.partition("_secret")[0]
        return self._object(f"challenges/{intent}", {"client_secret": client_secret, "outcome": outcome})

    # Webhooks

    def set_webhooks(self, mode: Mode) -> None:
        self.call("webhooks", {"mode": mode})

    def flush(self, *, backwards: bool = False) -> Flushed:
        """Try every webhook that is queued once, the newest first if `backwards`."""
        return Flushed(**self.call("webhooks/flush", {"backwards": backwards}))

    # What cardholders, their banks and people in the dashboard do

    def open_dispute(
        self, charge: str, *, amount: int | None = None, reason: str | None = None, inquiry: bool = False
    ) -> dict[str, Any]:
        """Dispute a charge, or `amount` of it in its smallest unit; an inquiry only asks. The dispute."""
        given = {"amount": amount, "reason": reason, "inquiry": inquiry or None}
        asked = {name: value for name, value in given.items() if value is not None}
        return self._object("disputes", {"charge": charge, **asked})

    def decide_dispute(self, dispute: str, outcome: Decision) -> dict[str, Any]:
        return self._object("disputes", {"dispute": dispute, "outcome": outcome})

    def warn_of_fraud(self, charge: str, fraud_type: str = "misc") -> dict[str, Any]:
        """An early fraud warning of a charge."""
        return self._object("early_fraud_warnings", {"charge": charge, "fraud_type": fraud_type})

    def settle_refund(self, refund: str, outcome: Literal["succeed", "fail"]) -> dict[str, Any]:
        return self._object(f"refunds/{refund}/{outcome}")

    def update_card(self, method: str, **changes: int | str) -> dict[str, Any]:
        """The card network sends a new expiry or number; three more years if it isn't said which."""
        return self._object(f"payment_methods/{method}/network_update", changes)

    def detach_card(self, method: str) -> dict[str, Any]:
        return self._object(f"payment_methods/{method}/detach")

    def discount_customer(self, customer: str, coupon: str) -> dict[str, Any]:
        """Give a customer the discount of a coupon on every invoice."""
        return self._object(f"customers/{customer}/discount", {"coupon": coupon})

    def delete_price(self, price: str) -> dict[str, Any]:
        """Delete a price that no one pays, which Stripe's API can't."""
        return self._object(f"prices/{price}/delete")

    def call(
        self,
        path: str,
        json: Mapping[str, Any] | None = None,
        *,
        params: Mapping[str, str] | None = None,
        method: str = "POST",
    ) -> Any:
        """Call a control by its path under `/_sandbox`; its answer."""
        address = f"{self.url}/_sandbox/{path}"
        answer = self._session.request(method, address, json=json, params=params, timeout=self._timeout)
        if not answer.ok:
            message = f"{answer.status_code} for {method} /_sandbox/{path}: {_reason(answer)}"
            raise ControlError(message, response=answer)
        return answer.json()

    def _object(self, path: str, json: Mapping[str, Any] | None = None) -> dict[str, Any]:
        found: dict[str, Any] = self.call(path, json)
        return found

    def _move(self, customer: str, **how: Any) -> Clock:
        return _clock(self.call("clock", {"customer": customer, **how}))


def _clock(answer: dict[str, Any]) -> Clock:
    coming = answer["next"]
    return Clock(answer["now"], Coming(**coming) if coming else None, answer.get("done", 0))


def _reason(answer: requests.Response) -> str:
    try:
        return str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return answer.reason
