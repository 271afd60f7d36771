"""What each transaction begins with: which organizations its statements see, and what time it is.

Row-level security lets a statement see the rows of the organization that the setting `app.org_id` names, or of `all`,
or, where it is empty or unset, of none (`keep_apart` in migrations). Several are in `app.org_ids_00` to `…_ff`, by
the last two digits of their ids, so that a row of a batch is looked for among few; `app.org_id` is `several` then.
Beside them it shows the one token of the API that `app.token_id` names, because whose it is isn't known before.
Settings are local to the transaction, so they end with it however that ends: a pooled connection carries none over.

It is sent together with BEGIN, and the database's time comes back with it, so neither costs a round trip. A change
within a transaction is sent before the next statement.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, PipelineStatus, TransactionStatus
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.pool import Pool

from app.clock import Moment, clock

SETTING = "app.org_id"
TOKEN_SETTING = "app.token_id"  # noqa: S105, an id, which opens nothing
ALL = "all"
NONE = ""
_SEVERAL = "several"

_KEY = "organizations_seen"
_SAYABLE = re.compile(r"|all|[0-9a-f-]{36}(,[0-9a-f-]{36})*")


@dataclass(slots=True)
class Standing:
    """What a session's transactions are to see, and what the one that is running does see and began at.

    `seen` is None where none is running, or where a savepoint may have changed it. `digits` are those of the settings
    of several organizations that the running transaction may have filled. `token` is the id of a token of the API
    that is seen beside them, until the transaction ends.
    """

    wanted: str = NONE
    seen: str | None = None
    digits: set[str] = field(default_factory=set)
    began: Moment | None = None
    token: str | None = None


def get_state(session: Session) -> Standing:
    """Get the state of a session."""
    found: Standing = session.info.setdefault(_KEY, Standing())
    return found


def set_visible(session: Session, organizations: str) -> None:
    """Set which organizations the statements of a session see from now on, including the running transaction."""
    if not _SAYABLE.fullmatch(organizations):
        raise ValueError(f"{organizations!r} names no organizations.")
    get_state(session).wanted = organizations


def show_token(session: Session, token_id: UUID) -> None:
    """Let the statements of a session see the token of the API with this id, too, until the transaction ends."""
    standing = get_state(session)
    standing.token = str(token_id)
    standing.seen = None


def driver_connection(session: Session) -> psycopg.Connection[Any]:
    """The driver's own connection of the session's transaction, which sees what the session is to see."""
    connection = session.connection()
    driver = _driver(connection)
    _bring_in_line(connection, get_state(session))
    return driver


def moment_of(session: Session) -> Moment | None:
    """When the session's transaction began; it begins where none is running."""
    standing = get_state(session)
    if standing.began is None:
        session.connection()
    return standing.began


@event.listens_for(Session, "after_begin")
def _begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if transaction.nested or connection.dialect.name != "postgresql":
        return
    driver, standing = _driver(connection), get_state(session)
    if driver.autocommit or driver.pgconn.transaction_status != TransactionStatus.IDLE:
        raise RuntimeError("A session begins its transactions itself, on a connection that is in none.")
    said = _run(connection, (f"BEGIN; SELECT extract(epoch FROM now()), {_settings(standing)}"))  # noqa: S608, checked
    standing.seen = standing.wanted
    standing.began = clock.learn(datetime.fromtimestamp(float(said), UTC))
    connection.info[_KEY] = standing


@event.listens_for(Session, "after_transaction_end")
def _end(session: Session, transaction: SessionTransaction) -> None:
    is_flush = transaction.parent is not None and not transaction.nested
    if is_flush:
        return
    standing = get_state(session)
    standing.seen = None
    if transaction.parent is None:
        standing.began = standing.token = None
        standing.digits.clear()


@event.listens_for(Engine, "before_cursor_execute")
def _before_statement(connection: Connection, *_: Any) -> None:
    standing = connection.info.get(_KEY)
    if standing is not None:
        _bring_in_line(connection, standing)


@event.listens_for(Pool, "checkin")
def _forget(_: Any, record: Any) -> None:
    record.info.pop(_KEY, None)


def _bring_in_line(connection: Connection, standing: Standing) -> None:
    if standing.seen == standing.wanted:
        return
    driver = _driver(connection)
    if driver.pgconn.pipeline_status == PipelineStatus.OFF:
        _run(connection, f"SELECT {_settings(standing)}")
    else:
        driver.execute(f"SELECT {_settings(standing)}")
    standing.seen = standing.wanted


def _settings(standing: Standing) -> str:
    """What sets what is wanted, and empties what was filled before."""
    ids = standing.wanted.split(",") if "," in standing.wanted else []
    by_digits = dict.fromkeys(standing.digits, "")
    for one in ids:
        by_digits[one[-2:]] = f"{by_digits.get(one[-2:], '')} {one}"
    standing.digits |= by_digits.keys()
    settings = {SETTING: _SEVERAL if ids else standing.wanted}
    settings |= {f"{SETTING}s_{digits}": some for digits, some in by_digits.items()}
    if standing.token is not None:
        settings[TOKEN_SETTING] = standing.token
    return ", ".join(f"set_config('{name}', '{value}', true)" for name, value in settings.items())


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    return cast("psycopg.Connection[Any]", connection.connection.driver_connection)


def _run(connection: Connection, command: str) -> str:
    """Run a command in one round trip, and return the first column of its last row.

    psycopg sends a BEGIN of its own before a first statement, and waits for it; it does not where a transaction is
    running already.
    """
    driver = _driver(connection)
    result = driver.pgconn.exec_(command.encode())
    if result.status != ExecStatus.TUPLES_OK:
        is_lost = driver.pgconn.status != ConnStatus.OK
        error = (
            psycopg.OperationalError(driver.pgconn.get_error_message())
            if is_lost
            else error_from_result(result)
        )
        if is_lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            command, None, error, psycopg.Error, connection_invalidated=is_lost, dialect=connection.dialect
        ) from error
    return (result.get_value(0, 0) or b"").decode()
