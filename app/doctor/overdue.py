"""For how long rows that should be deleted are still there."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from flask import Flask
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from app import retention
from app.clock import utc_now

LOOKED_AT = 200
"""Of how many organizations each look is. They are read over an index, in milliseconds."""


class OverdueRows:
    """Looks at some organizations each time, and at the next ones the next time, so that in the end it has seen all
    of them, however many there are."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._first = UUID(int=0)

    def read(self) -> Iterator[Metric]:
        """The oldest of the organizations that it is the turn of, by table; the session sees all of them."""
        kept = retention.Kept.of(self._app.config["SETTINGS"])
        org_ids = retention.next_organizations(self._first, LOOKED_AT)
        ages = retention.overdue(org_ids, kept, now=utc_now())
        self._first = UUID(int=org_ids[-1].int + 1) if len(org_ids) == LOOKED_AT else UUID(int=0)
        metric = GaugeMetricFamily(
            "billing_overdue_rows_seconds",
            "Seconds for which the oldest row that should be deleted has been; of the organizations looked at last.",
            labels=["table"],
        )
        for table, age in ages.items():
            metric.add_metric([table], age.total_seconds())
        yield metric
