"""Whether an archived month is whole, and its events sum up to what the ledger charged. Needs the files only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from app.retention.archive import files
from app.retention.archive.files import CHARGES, EVENTS, Manifest

Cause = tuple[datetime, str, bool]
"""What leads from events to the transfer that charged them: when it was posted, its group, whether it corrects."""
_SHOWN = 20


def check(folder: Path) -> list[str]:
    """What is wrong with a month's folder, in words; nothing where every file is as it was written, and the events of
    each transfer sum up to it. Raises `ArchiveError` where there is no month."""
    manifest = files.read_manifest(folder)
    broken = list(_broken(folder, manifest))
    if broken:
        return broken
    different = list(_different(folder, manifest))
    more = [f"… and {len(different) - _SHOWN} more."] if len(different) > _SHOWN else []
    return different[:_SHOWN] + more


def cause_of_event(event: dict[str, Any]) -> Cause:
    """What an event was charged by."""
    return event["posted_at"], event["usage_group"], event["corrects_id"] is not None


def cause_of_charge(charge: dict[str, Any]) -> Cause:
    """What a transfer charged."""
    return charge["posted_at"], charge["usage_group"], charge["kind"] == "adjustment"


def _broken(folder: Path, manifest: Manifest) -> Iterator[str]:
    there = {path.name for path in folder.glob("*.parquet")}
    for file in manifest.files:
        path = folder / file.name
        if file.name not in there:
            yield f"{file.name} is missing."
        elif path.stat().st_size != file.bytes or files.checksum(path) != file.sha256:
            yield f"{file.name} isn't what was written: its checksum differs."
    for name in sorted(there - {file.name for file in manifest.files}):
        yield f"{name} isn't in the list."


def _different(folder: Path, manifest: Manifest) -> Iterator[str]:
    events, charges = (
        groupby(files.rows(folder, kind), key=itemgetter("org_id")) for kind in (EVENTS, CHARGES)
    )
    charged: dict[str, int] = defaultdict(int)
    for org_id, used, posted in _both(events, charges):
        sums: dict[Cause, int] = defaultdict(int)
        for event in used:
            sums[cause_of_event(event)] += event["amount_micro"]
        for charge in posted:
            sums[cause_of_charge(charge)] -= charge["amount_micro"]
            charged[charge["currency"]] += charge["amount_micro"]
        for (at, group, _), difference in sums.items():
            if difference:
                yield (
                    f"{org_id}: {group} posted at {at.isoformat()} differs by {difference} micro-units between its "
                    "events and the ledger."
                )
    if dict(charged) != manifest.charged:
        yield f"The charges sum up to {dict(charged)}, and were {manifest.charged}."


def _both(events: Iterator[Any], charges: Iterator[Any]) -> Iterator[tuple[str, list[Any], list[Any]]]:
    """Events and charges of each organization in turn. Both are in the order of the organizations' ids."""
    used, posted = next(events, None), next(charges, None)
    while used or posted:
        org_id = min(each[0] for each in (used, posted) if each)
        now_used, now_posted = [], []
        if used and used[0] == org_id:
            now_used, used = list(used[1]), next(events, None)
        if posted and posted[0] == org_id:
            now_posted, posted = list(posted[1]), next(charges, None)
        yield org_id, now_used, now_posted
