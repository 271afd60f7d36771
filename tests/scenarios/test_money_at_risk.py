"""What docs/platform.md says is at risk while the service is away, recomputed from the catalog."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal

from config import ROOT
from demo.simulator.campaigns import A_SECOND

REPORTED_EVERY = 5
LEASES = (30, 70, 130, 310, 3_600)
CATALOG = tomllib.loads((ROOT / "catalog.toml").read_text())
KINDS = {"at home": "calls_outbound", "international": "calls_outbound_international"}


def test_the_table_is_what_the_formula_gives_for_every_plan() -> None:
    text = (ROOT / "docs" / "platform.md").read_text()
    shown = re.findall(r"^\| (\w+), (\d+) (at home|international) \| (.+) \|$", text, re.MULTILINE)
    assert [row[:3] for row in shown] == [
        (plan["name"], str(plan["limits"]["concurrent_calls"]), kind)
        for plan in CATALOG["plans"].values()
        for kind in KINDS
    ]
    for name, calls, kind, amounts in shown:
        second = cost_of_a_second(name.lower(), KINDS[kind])
        expected = [f"${second * 60:.3f}"]
        expected += [f"${int(calls) * (lease + REPORTED_EVERY) * second:,.2f}" for lease in LEASES]
        assert amounts.split(" | ") == expected


def cost_of_a_second(plan: str, meter: str) -> Decimal:
    """Of a call, with what its agent hears, says and thinks meanwhile."""
    used = {meter: 1.0} | A_SECOND
    return sum((Decimal(str(units)) * rate(plan, name) for name, units in used.items()), Decimal(0))


def rate(plan: str, meter: str) -> Decimal:
    """Of one unit; the first tier's, where there are some."""
    price = CATALOG["plans"][plan]["rates"][meter]
    if isinstance(price, dict):
        price = price["rate"] if "rate" in price else price["tiers"][0]["rate"]
    return Decimal(price) / CATALOG["meters"][meter]["per"]
