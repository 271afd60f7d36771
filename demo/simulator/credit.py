"""What an organization's credit consists of, and whether it is topped up by itself, asked before campaigns begin."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from demo.simulator.campaigns import Organization
from demo.simulator.client import Client
from demo.simulator.reading import read

_KINDS = {"promotional": "promotional credit", "goodwill": "goodwill credit", "paid": "paid credit"}


def describe_lots(client: Client, organization: Organization) -> list[str]:
    """A sentence about each lot of credit, in the order in which usage draws on them, and about usage that none has
    paid for. Raises `UnreachableError`, and `UnexpectedAnswerError`."""
    credit = read(client, f"/organizations/{organization.id}/credit", "The credit was")
    lots = [_lot(one) for one in credit["lots"]]
    unpaid = credit["unpaid"]["amount"]
    return [*lots, f"{unpaid} of usage waits for credit"] if Decimal(unpaid) else lots


def describe_auto_top_up(client: Client, organization: Organization) -> str:
    """A sentence about it. The platform only reads it: owners switch it on. Raises as `describe_lots` does."""
    state = read(client, f"/organizations/{organization.id}/auto-top-up", "Auto top-up was")
    if not state["is_on"]:
        return f"auto top-up is off ({state['off_reason']})" if state["off_reason"] else "auto top-up is off"
    following = state["next"]
    said = f"auto top-up is on, under {state['threshold']['amount']}"
    if following["refused_for"]:
        return f"{said}; nothing is charged now ({following['refused_for']})"
    if following["waits_for_owner"]:
        return f"{said}; a payment waits for an owner"
    return f"{said}; the next charge is {following['usual']['amount']} or so"


def _lot(lot: dict[str, Any]) -> str:
    until = f"until {lot['expires_at'][:10]}" if lot["expires_at"] else "for as long as it lasts"
    return f"{lot['left']['amount']} of {_KINDS.get(lot['kind'], lot['kind'])}, {until}"
