"""What a run was made on: processor, memory, kernel, Python, PostgreSQL."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

import psycopg


def describe(connection: psycopg.Connection[Any]) -> str:
    """In one line."""
    row = connection.execute("SHOW server_version").fetchone()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB of memory, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}, PostgreSQL {row[0] if row else 'unknown'}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
