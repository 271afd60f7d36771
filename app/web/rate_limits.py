"""Rate limits with counters in PostgreSQL, shared by all web processes, so that no other server is needed."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from flask import Response
from limits.storage import Storage
from sqlalchemy import case, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from app.database.conditions import first_line
from app.extensions import db, limiter
from app.models import RateLimitCounter

log = structlog.get_logger("billing.web")

OFTEN = "60 per minute"
"""More often than a person presses a button, for actions that call Stripe."""

CONFIG: dict[str, Any] = {
    "RATELIMIT_STORAGE_URI": "wallet-postgresql://",
    "RATELIMIT_STRATEGY": "fixed-window",
    "RATELIMIT_HEADERS_ENABLED": False,  # `add_headers` does it
    "RATELIMIT_SWALLOW_ERRORS": False,
}


def add_headers(response: Response) -> Response:
    """Add the remaining limit to a response. If it can't be read now, the response is sent without it, because its
    work is already done."""
    limit = limiter.current_limit
    if limit is None:
        return response
    try:
        left, reset_at = limit.remaining, limit.reset_at
    except SQLAlchemyError as error:
        log.warning("rate_limit_not_told", error=first_line(error))
        return response
    response.headers["X-RateLimit-Limit"] = str(limit.limit.amount)
    response.headers["X-RateLimit-Remaining"] = str(left)
    response.headers["X-RateLimit-Reset"] = str(reset_at)
    response.headers.setdefault("Retry-After", str(max(int(reset_at - time.time()), 1)))
    return response


class PostgresStorage(Storage):
    """Counters in `rate_limit_counter`, in their own transactions: a refused request still counts."""

    STORAGE_SCHEME = ["wallet-postgresql"]  # noqa: RUF012, the library's own name for it

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add `amount` to the counter, which starts again when its `expiry` in seconds is over."""
        table = RateLimitCounter
        now = func.now()
        fresh = insert(table).values(
            key=key, count=amount, expires_at=now + literal(timedelta(seconds=expiry))
        )
        expired = table.expires_at <= now
        statement = fresh.on_conflict_do_update(
            index_elements=[table.key],
            set_={
                "count": func.coalesce(_when(expired, fresh.excluded.count), table.count + amount),
                "expires_at": func.coalesce(_when(expired, fresh.excluded.expires_at), table.expires_at),
            },
        ).returning(table.count)
        with db.engine.begin() as connection:
            return int(connection.execute(statement).scalar_one())

    def get(self, key: str) -> int:
        """The counter, 0 if it has expired."""
        live = (RateLimitCounter.key == key) & (RateLimitCounter.expires_at > func.now())
        with db.engine.connect() as connection:
            return int(connection.execute(select(RateLimitCounter.count).where(live)).scalar() or 0)

    def get_expiry(self, key: str) -> float:
        """When the counter starts again, in seconds since 1970."""
        wanted = select(RateLimitCounter.expires_at).where(RateLimitCounter.key == key)
        with db.engine.connect() as connection:
            expires_at = connection.execute(wanted).scalar()
        return expires_at.timestamp() if expires_at else time.time()

    def check(self) -> bool:
        """Whether the database responds."""
        try:
            self.get("check")
        except SQLAlchemyError:
            return False
        return True

    def reset(self) -> int | None:
        """Delete all counters."""
        with db.engine.begin() as connection:
            return connection.execute(delete(RateLimitCounter)).rowcount

    def clear(self, key: str) -> None:
        """Delete one counter."""
        with db.engine.begin() as connection:
            connection.execute(delete(RateLimitCounter).where(RateLimitCounter.key == key))


def take(key: str, most: int, window: timedelta) -> int | None:
    """Count one more, by a counter that starts again when its window is over; the count, or None if it was at `most`.

    One statement in its own transaction: of many at the same moment, `most` get a count. A refused one isn't counted.
    """
    table, now = RateLimitCounter, func.now()
    fresh = insert(table).values(key=key, count=1, expires_at=now + literal(window))
    expired = table.expires_at <= now
    statement = fresh.on_conflict_do_update(
        index_elements=[table.key],
        set_={
            "count": case((expired, 1), else_=table.count + 1),
            "expires_at": case((expired, fresh.excluded.expires_at), else_=table.expires_at),
        },
        where=expired | (table.count < most),
    ).returning(table.count)
    with db.engine.begin() as connection:
        found = connection.execute(statement).scalar()
    return int(found) if found is not None else None


def give_back(key: str) -> None:
    """Count one less, in its own transaction."""
    less = update(RateLimitCounter).where(RateLimitCounter.key == key, RateLimitCounter.count > 0)
    with db.engine.begin() as connection:
        connection.execute(less.values(count=RateLimitCounter.count - 1))


def clear(keys: Sequence[str]) -> None:
    """Let counters start again, in their own transaction."""
    with db.engine.begin() as connection:
        connection.execute(delete(RateLimitCounter).where(RateLimitCounter.key.in_(keys)))


def seconds_left(key: str) -> int:
    """Until the counter's window is over; 0 if it is, or if there is none."""
    left = select(func.extract("epoch", RateLimitCounter.expires_at - func.now()))
    with db.engine.connect() as connection:
        seconds = connection.execute(left.where(RateLimitCounter.key == key)).scalar()
    return max(math.ceil(seconds or 0), 0)


def delete_expired() -> None:
    """Delete counters whose window is over, in its own transaction."""
    with db.engine.begin() as connection:
        connection.execute(delete(RateLimitCounter).where(RateLimitCounter.expires_at <= func.now()))


def _when(condition: Any, value: Any) -> Any:
    """`value` where `condition` holds, NULL elsewhere."""
    return case((condition, value))
