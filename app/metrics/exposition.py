"""The text that Prometheus reads: of this process, or of all processes that share a folder.

Where PROMETHEUS_MULTIPROC_DIR is set when the process starts, each process writes its values into files there, and
any of them reads all (https://prometheus.github.io/client_python/multiprocess/). `gunicorn.conf.py` sets it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from hmac import compare_digest
from typing import Protocol

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

CONTENT_TYPE = CONTENT_TYPE_LATEST
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def may_read(authorization: str, token: str) -> bool:
    """Whether a request's `Authorization` is the token that Prometheus was given, as a bearer token (RFC 6750)."""
    scheme, _, sent = authorization.partition(" ")
    return scheme.lower() == "bearer" and compare_digest(sent.strip().encode(), token.encode())


class Collector(Protocol):
    """Gives figures when they are read."""

    def collect(self) -> Iterable[Metric]:
        """The figures now."""


def expose(*others: Collector) -> bytes:
    """Everything that was measured, and what other collectors give."""
    registry = CollectorRegistry(auto_describe=False)
    if os.environ.get(_FOLDER):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    for one in others:
        registry.register(one)
    return generate_latest(registry)
