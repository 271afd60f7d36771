"""What is measured while the service runs: every name in one place, each written in microseconds.

Labels are bounded: routes as templates, names of queues and tasks, kinds of outcomes. No label has an id, an address
or a name that someone has chosen.
"""

from app.metrics.definitions import (
    AUTO_TOP_UPS,
    BRAKE_STOPS,
    CONNECTIONS_IN_USE,
    CREDITED_SECONDS,
    HOLDS,
    INGEST_EVENTS,
    INGEST_LAG_SECONDS,
    JOB_SECONDS,
    LEDGER_CHECKED_AT,
    LEDGER_DIFFERENCES,
    LONG_READS,
    NO_THREAD,
    REQUEST_SECONDS,
    REQUESTS,
    RESUME_TOLD_SECONDS,
    STRIPE_SECONDS,
    THREADS_IN_USE,
)
from app.metrics.exposition import CONTENT_TYPE, Collector, expose, may_read

__all__ = [
    "AUTO_TOP_UPS",
    "BRAKE_STOPS",
    "CONNECTIONS_IN_USE",
    "CONTENT_TYPE",
    "CREDITED_SECONDS",
    "HOLDS",
    "INGEST_EVENTS",
    "INGEST_LAG_SECONDS",
    "JOB_SECONDS",
    "LEDGER_CHECKED_AT",
    "LEDGER_DIFFERENCES",
    "LONG_READS",
    "NO_THREAD",
    "REQUESTS",
    "REQUEST_SECONDS",
    "RESUME_TOLD_SECONDS",
    "STRIPE_SECONDS",
    "THREADS_IN_USE",
    "Collector",
    "expose",
    "may_read",
]
