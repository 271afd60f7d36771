"""Usage of a past month as Parquet files, with what the ledger charged for it: events of years ago need no database.

A month is by the time of posting, in UTC. Usage has a posting time of its own, with a transfer for each group
(`app.billing.wallet.ledger.own_posting_time`), so events lead to the transfers that charged them, to the micro-unit.
Needs the package's extra `archive` (pyarrow).
"""

from __future__ import annotations

from app.retention.archive.checking import check
from app.retention.archive.errors import ArchiveError
from app.retention.archive.export import export
from app.retention.archive.files import EVENT_COLUMNS
from app.retention.archive.lines import ArchivedLine, by_meter, lines_of

__all__ = ["EVENT_COLUMNS", "ArchiveError", "ArchivedLine", "by_meter", "check", "export", "lines_of"]
