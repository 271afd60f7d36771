"""Section envelopes: from the end of an envelope's last day to its credit being available and the platform told."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import timedelta

from app.billing.audit import OPERATOR
from app.billing.wallet import envelopes, ledger, status
from app.clock import utc_now
from app.extensions import db, enqueue_at
from app.money import Money
from benchmarks.figures import Figure
from benchmarks.receiving import Receiver, receiving, slowest
from benchmarks.stage import an_organization
from dev.errors import ToolError

ROUNDS = 8
_AHEAD = timedelta(seconds=2.5)


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """Envelopes that end a moment later, ended and told by the demo's own worker."""
    with receiving(environment) as receiver:
        found = [_seconds_after_the_end(receiver) for _ in range(ROUNDS)]
    what = "end of an envelope's last day to"
    yield slowest("envelopes", f"{what} its credit being available", [one[0] for one in found])
    yield slowest("envelopes", f"{what} envelope.ended delivered", [one[1] for one in found])


def _seconds_after_the_end(receiver: Receiver) -> tuple[float, float]:
    """Seconds after its end until the status has its credit, and until the platform was told."""
    organization = an_organization("Set aside", credit="100")
    amount = Money.parse("40", organization.currency)
    made = envelopes.set_aside(organization, "Recall", amount, organization.local_day(), OPERATOR)
    ends_at = utc_now() + _AHEAD
    made.ends_at = ledger.lock(organization.id).envelope_ends_at = ends_at
    enqueue_at(ends_at, "end_envelopes", org_id=str(organization.id))
    db.session.commit()
    # Not asked before the worker has told: asking ends it as well.
    receiver.wait_for("envelope.ended", organization.id)
    delivered = time.time() - ends_at.timestamp()
    asked = an_organization("Set aside", credit="100")
    envelopes.set_aside(asked, "Recall", amount, asked.local_day(), OPERATOR)
    ledger.lock(asked.id).envelope_ends_at = utc_now()
    db.session.execute(db.text("UPDATE envelope SET ends_at = now() WHERE org_id = :org"), {"org": asked.id})
    db.session.commit()
    began = time.perf_counter()
    now = status.find(asked.id)
    available = time.perf_counter() - began
    db.session.commit()
    if now is None or now.set_aside.micro:
        raise ToolError("What is left of an envelope wasn't available after its end.")
    return available, delivered
