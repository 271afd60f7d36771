"""Compares the service's counts with the simulator's: each call and the wallet, to the micro-unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import UUID

from demo.simulator.campaigns import Organization
from demo.simulator.client import Client
from demo.simulator.pricing import Price, PriceList, possible_costs
from demo.simulator.tally import Tally, Used

_CHARGES = {"usage", "adjustment"}


@dataclass(slots=True)
class Comparison:
    """What became of one organization. `cost` is what its calls cost by the service's own count, in micro-units;
    `differences` say in words where the counts differ."""

    organization: Organization
    calls: int = 0
    events: int = 0
    cost: int = 0
    differences: list[str] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        return not self.differences


def opening(client: Client, organization: Organization) -> int:
    """Where an organization's ledger ends before the play. Raises `UnreachableError`."""
    newest = client.get(f"/organizations/{organization.id}/transfers?limit=1").body["items"]
    return int(newest[0]["seq"]) if newest else 0


def compare(
    client: Client, organization: Organization, tally: Tally, prices: PriceList, *, opened_at: int
) -> Comparison:
    """Compare the service's calls and ledger with the simulator's counts, at the current prices.

    No one else may have reported usage of this organization since `opened_at`; top-ups don't matter. Raises
    `UnreachableError`.
    """
    result = Comparison(organization)
    for call, used in tally.calls(organization.id):
        result.calls += 1
        answer = client.get(f"/organizations/{organization.id}/calls/{quote(call)}")
        if not answer.is_good:
            result.differences.append(f"{call}: there is no such call.")
            continue
        result.cost += micro(answer.body["total"])
        result.events += sum(len(one.quantities) + len(one.added) for one in used.values())
        result.differences.extend(_differences(call, answer.body["lines"], used, prices))
    charged = sum(_charges(client, organization.id, opened_at))
    if charged != result.cost:
        result.differences.append(
            f"The ledger charged {charged:,} micro-units, the calls add up to {result.cost:,}."
        )
    return result


def micro(amount: dict[str, Any]) -> int:
    """Micro-units of an amount as the API writes it: `{"amount": "-1.250000", "currency": "USD"}`."""
    whole, _, part = str(amount["amount"]).removeprefix("-").partition(".")
    found = int(whole) * 1_000_000 + int(part.ljust(6, "0") or 0)
    return -found if str(amount["amount"]).startswith("-") else found


def _differences(
    call: str, lines: list[dict[str, Any]], used: dict[str, Used], prices: PriceList
) -> Iterator[str]:
    told: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        told.setdefault(line["meter"], []).append(line)
    for meter in sorted(told.keys() | used.keys()):
        own, its = used.get(meter, Used()), told.get(meter, [])
        quantity = sum(int(line["quantity"]) for line in its)
        if quantity != own.total:
            yield f"{call}: {quantity} of {meter}, not {own.total}."
            continue
        included = sum(int(line["included"]) for line in its)
        cost = sum(micro(line["amount"]) for line in its)
        possible = possible_costs(prices[meter], _pieces(own, prices[meter]), included)
        if cost not in possible:
            right = " or ".join(f"{one:,}" for one in sorted(possible)) or "nothing that is possible"
            yield f"{call}: {meter} cost {cost:,} micro-units, not {right} ({included} included)."


def _pieces(used: Used, price: Price) -> list[int]:
    """The units that were rated together: of each event, and what corrections put on top."""
    events = [price.units(quantity) for quantity in used.quantities.values()]
    return events + [price.units(after) - price.units(before) for before, after in used.added]


def _charges(client: Client, org_id: UUID, opened_at: int) -> Iterator[int]:
    """What each transfer since then took out of the wallet for usage, in micro-units."""
    path: str | None = f"/organizations/{org_id}/transfers?limit=100"
    while path:
        page = client.get(path.removeprefix("/api/v1")).body
        for transfer in page["items"]:
            if transfer["seq"] <= opened_at:
                return
            if transfer["kind"] in _CHARGES:
                sign = 1 if transfer["debit"] == "wallet" else -1
                yield sign * micro(transfer["amount"])
        path = page["next"]
