"""What must hold in the end, whatever happened. Each check tells the journal what doesn't."""

from __future__ import annotations

from typing import Any, Protocol

import psycopg


class Database(Protocol):
    """Where the product keeps everything."""

    def connect(self) -> psycopg.Connection[Any]:
        """To it as its superuser, whom no policy restricts."""
