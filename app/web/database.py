"""How the application talks to PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import DBAPIError, OperationalError

from config import Settings


def engine_options(settings: Settings) -> dict[str, Any]:
    """A pool for a threaded web process that gets over a restart of the database by itself."""
    return {
        "pool_pre_ping": True,
        "pool_size": 8,
        "max_overflow": 8,
        "pool_timeout": 5,
        "connect_args": {
            "connect_timeout": 3,
            "options": "-c timezone=UTC -c lock_timeout=10s -c statement_timeout=20s",
            "application_name": f"billing-{settings.environment}",
        },
    }


def is_unavailable(error: BaseException) -> bool:
    """Whether `error` says that the database is away or restarting: try again soon, nothing was changed."""
    if isinstance(error, OperationalError):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated
