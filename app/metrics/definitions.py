"""Each metric, its labels and its buckets. Figures that are read from the database are in `app.doctor.gauges`."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10)
"""Seconds of requests: 0.05 is the objective of holds, 0.3 that of pages."""
SLOW = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800)
"""Seconds of what goes through queues: 1 is the objective of resuming, 10 that of crediting a charge."""

REQUESTS = Counter(
    "billing_requests", "Requests answered.", ["pool", "route", "endpoint", "method", "status"]
)
REQUEST_SECONDS = Histogram(
    "billing_request_seconds",
    "How long a thread took for a request; `outcome` is `failed` for answers from 500 on.",
    ["pool", "route", "endpoint", "outcome"],
    buckets=QUICK,
)
NO_THREAD = Counter("billing_no_thread", "Requests refused because no thread was free.", ["pool"])
THREADS_IN_USE = Gauge(
    "billing_threads_in_use",
    "Requests that run or wait for a thread.",
    ["pool"],
    multiprocess_mode="livesum",
)
CONNECTIONS_IN_USE = Gauge(
    "billing_database_connections_in_use",
    "Connections to PostgreSQL in use.",
    ["of"],
    multiprocess_mode="livesum",
)
LONG_READS = Counter(
    "billing_long_reads",
    "Exports, statements and reports, by where they were read from: `replica`, or why it was the primary.",
    ["source"],
)
HOLDS = Counter("billing_holds", "Operations on holds, by what became of them.", ["operation", "outcome"])
INGEST_EVENTS = Counter("billing_ingest_events", "Usage events, by what became of them.", ["outcome"])
INGEST_LAG_SECONDS = Histogram(
    "billing_ingest_lag_seconds",
    "How old the oldest event of a batch was when it was recorded.",
    buckets=(1, 5, 15, 60, 300, 900, 3600, 21600, 86400),
)
STRIPE_SECONDS = Histogram(
    "billing_stripe_seconds",
    "How long Stripe took to answer, by operation and outcome.",
    ["operation", "outcome"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 4, 8, 20),
)
JOB_SECONDS = Histogram(
    "billing_job_seconds", "How long a job ran, by task and outcome.", ["task", "outcome"], buckets=SLOW
)
CREDITED_SECONDS = Histogram(
    "billing_credited_seconds",
    "From the moment at which a charge was requested until it was credited; by whom it was begun.",
    ["by"],
    buckets=SLOW,
)
RESUME_TOLD_SECONDS = Histogram(
    "billing_resume_told_seconds",
    "From the moment at which calling could resume until the platform has accepted the message.",
    buckets=SLOW,
)
AUTO_TOP_UPS = Counter("billing_auto_top_ups", "Attempts of auto top-up, by outcome.", ["outcome"])
BRAKE_STOPS = Counter("billing_brake_stops", "How often the brake has stopped automatic charges.")
LEDGER_CHECKED_AT = Gauge(
    "billing_ledger_checked_timestamp_seconds",
    "When the whole ledger was last checked by this worker.",
    multiprocess_mode="mostrecent",
)
LEDGER_DIFFERENCES = Gauge(
    "billing_ledger_differences",
    "How many differences the last check of the ledger found.",
    multiprocess_mode="mostrecent",
)
