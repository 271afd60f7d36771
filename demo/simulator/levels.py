"""The levels of credit that people of a new organization are notified of, set over the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from demo.simulator.client import Client
from demo.simulator.reading import read, said

_CENT = Decimal("0.01")
_WHAT = "The alerts were"
HOURS = 6
"""Credit that may run out within so many hours is told."""
_TRIES = 3
"""How often levels are read again that someone else has changed meanwhile."""


def set_levels(client: Client, org_id: UUID, credit: Decimal) -> None:
    """Under half of this credit, under a quarter of it, and a forecast; what else was chosen stays.

    Setting them again changes nothing. Raises `UnreachableError`, and `UnexpectedAnswerError`.
    """
    low = max((credit / 2).quantize(_CENT), 2 * _CENT)
    path = f"/organizations/{org_id}/alerts"
    for _ in range(_TRIES):
        answer = client.put(path, _wanted(read(client, path, _WHAT), low))
        if answer.problem != "alerts-changed":
            break
    said(answer, _WHAT)


def _wanted(shown: dict[str, Any], low: Decimal) -> dict[str, Any]:
    levels = shown["levels"]
    currency = next((one["under"]["currency"] for one in levels if one["under"]), "USD")
    amounts = {one["under"]["amount"] for one in levels if one["kind"] == "amount"} | {
        f"{(low / 2).quantize(_CENT):.6f}"
    }
    return {
        "low": {"amount": f"{low:.6f}", "currency": currency},
        "amounts": [{"amount": one, "currency": currency} for one in sorted(amounts)],
        "hours": sorted({HOURS, *(one["hours"] for one in levels if one["hours"])}),
        "version": shown["version"],
    }
