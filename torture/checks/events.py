"""Usage: every event that the platform has an acceptance for was charged once, and no other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from demo.simulator.tally import Tally
from torture.checks import Database
from torture.journal import Journal
from torture.stage import Company

CHARGED = """
SELECT org_id::text, call, meter, sum(quantity)::bigint, count(*) FILTER (WHERE corrects_id IS NULL)
FROM usage_event GROUP BY 1, 2, 3"""
COSTS = """
SELECT usage.org_id::text, usage.cost, coalesce(line.cost, 0)
FROM (SELECT org_id, sum(amount_micro)::bigint AS cost FROM usage_event GROUP BY 1) usage
LEFT JOIN (SELECT org_id, -sum(amount_micro)::bigint AS cost FROM wallet_line
           WHERE kind IN ('usage', 'adjustment') GROUP BY 1) line USING (org_id)"""
Counts = dict[tuple[str, str, str], tuple[int, int]]
"""By organization, call and meter: the quantity as it is right, and the number of events."""


def check(
    database: Database,
    companies: Sequence[Company],
    tally: Tally,
    journal: Journal,
    modeled: Counts | None = None,
) -> None:
    """Beside the platform's own count, event by event; and the ledger charged what the events cost. `modeled` is what
    the model counted of other organizations."""
    with database.connect() as connection:
        charged: Counts = {
            (str(org_id), str(call), str(meter)): (int(str(quantity)), int(str(events)))
            for org_id, call, meter, quantity, events in connection.execute(CHARGED)
        }
        costs = connection.execute(COSTS).fetchall()
    reported = _reported(companies, tally) | (modeled or {})
    for key in sorted(reported.keys() | charged.keys()):
        if reported.get(key) != charged.get(key):
            journal.found(
                "usage differs",
                f"{' '.join(key)}: reported {reported.get(key)}, charged {charged.get(key)} (quantity, events)",
            )
    for org_id, of_events, of_lines in costs:
        if of_events != of_lines:
            journal.found(
                "usage differs", f"{org_id}: its events cost {of_events}, its history says {of_lines}"
            )
    journal.happened("check: event compared", times=sum(events for _, events in reported.values()))


def _reported(companies: Sequence[Company], tally: Tally) -> Counts:
    counts: Counts = defaultdict(lambda: (0, 0))
    for company in companies:
        for call, meters in tally.calls(company.id):
            for meter, used in meters.items():
                counts[str(company.id), call, meter] = (used.total, len(used.quantities))
    return dict(counts)
