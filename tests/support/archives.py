"""Organizations with usage over the end of a month, and the month that is archived."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from app.models import Organization
from app.models.scope import Reason, seeing_all
from app.months import Month
from app.retention import archive
from app.retention.archive.files import Manifest
from tests.factories import at
from tests.support.metering import a_call, an_event, on_growth, take

NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)
BEFORE, WITHIN, AFTER = at("2026-11-10 12:00"), at("2026-11-20 18:30"), at("2026-12-01 03:30")
LATER = at("2027-01-05 00:00")


def two_busy_organizations() -> tuple[Organization, Organization]:
    """The first with two batches on November 20, of which one is free, a correction, and one on November 30 in its
    zone, which is December in UTC. Both have calls on November 10."""
    first = on_growth(name="Harbor Dental", timezone="America/New_York")
    second = on_growth(name="Atlas Freight")
    take(*a_call(first), *a_call(second, call="another"), now=BEFORE)
    take(*[an_event(first, f"e{number}", 1_000_000, when=WITHIN) for number in range(7)], now=WITHIN)
    take(an_event(first, "free", 600, meter="calls_outbound", when=WITHIN), now=WITHIN)
    take(an_event(first, "fix", 400_000, when=WITHIN, corrects=("platform", "e1")), now=WITHIN)
    take(an_event(first, "late", 900_000, when=AFTER), now=AFTER)
    return first, second


def archived(folder: Path, month: Month = NOVEMBER, *, now: datetime = LATER) -> Manifest:
    """Archive a month as an operator does, in small groups of rows, so that there are several."""
    with seeing_all(Reason.TESTS):
        return archive.export(month, folder, now=now, rows_a_group=3)
