"""How soon a connection notices that the machine behind it is gone without a word: a loss of power, a network that
drops what is sent. Without this, TCP tries for a quarter of an hour, and a thread waits as long.

It doesn't end slow statements: a living machine acknowledges, whatever PostgreSQL is doing.
"""

from __future__ import annotations

SECONDS = 20
UNANSWERED: dict[str, int] = {
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": SECONDS * 1_000,
}
"""Parameters of a connection (https://www.postgresql.org/docs/current/libpq-connect.html): one on which nothing is
sent is asked whether it is there, and what was sent has to be acknowledged. They mean nothing to a Unix socket."""
