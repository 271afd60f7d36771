"""How each transaction begins: which organizations its statements see, and the current time.

Row-level security lets a statement see the rows of the organization that the setting `app.org_id` names, or of `all`,
or, where it is empty or unset, of none (`keep_apart` in migrations). Several are in `app.org_ids_of_0` to `…_255`,
by the last byte of their ids, so that a row of a batch is only compared with few; `app.org_id` is `several` then.
Beside them it shows the one token of the API that `app.token_id` names, because its organization isn't known before.
Settings are local to the transaction, so they end with it: a pooled connection carries none over.

They are sent together with BEGIN, which also returns the database's time, so neither costs a round trip. A change
within a transaction is sent before the next statement.
"""

from __future__ import annotations

import re
import time
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
from app.database.routing import route_of

SETTING = "app.org_id"
TOKEN_SETTING = "app.token_id"  # noqa: S105, an id, which opens nothing
ALL = "all"
NONE = ""
SEVERAL = "several"

_KEY = "organizations_seen"
_SAYABLE = re.compile(r"|all|[0-9a-f-]{36}(,[0-9a-f-]{36})*")


@dataclass(slots=True)
class Visibility:
    """What a session's transactions should see, and what the running one sees and when it began.

    `seen` is None if none is running, or if a savepoint may have changed it. `last_bytes` are those of
    the settings of several organizations that the running transaction may have set. `token` is the id of an
    API token that is also visible until the transaction ends.
    """

    wanted: str = NONE
    seen: str | None = None
    last_bytes: set[int] = field(default_factory=set)
    began: Moment | None = None
    token: str | None = None


def get_state(session: Session) -> Visibility:
    """Get the state of a session."""
    found: Visibility = session.info.setdefault(_KEY, Visibility())
    return found


def set_visible(session: Session, organizations: str) -> None:
    """Set which organizations the statements of a session see from now on, including the running transaction."""
    if not _SAYABLE.fullmatch(organizations):
        raise ValueError(f"{organizations!r} names no organizations.")
    get_state(session).wanted = organizations


def show_token(session: Session, token_id: UUID) -> None:
    """Let the statements of a session also see the API token with this id, until the transaction ends."""
    state = get_state(session)
    state.token = str(token_id)
    state.seen = None


def driver_connection(session: Session) -> psycopg.Connection[Any]:
    """The driver's connection of the session's transaction, with the same visibility."""
    connection = session.connection()
    driver = _driver(connection)
    _sync_settings(connection, get_state(session))
    return driver


def moment_of(session: Session) -> Moment | None:
    """When the session's transaction began; begins one if none is running."""
    state = get_state(session)
    if state.began is None:
        session.connection()
    return state.began


@event.listens_for(Session, "after_begin")
def _begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if transaction.nested or connection.dialect.name != "postgresql":
        return
    driver, state = _driver(connection), get_state(session)
    if driver.autocommit or driver.pgconn.transaction_status != TransactionStatus.IDLE:
        raise RuntimeError("A session begins its own transactions, on a connection without one.")
    began = _run(connection, (f"BEGIN; SELECT extract(epoch FROM now()), {_settings(state)}"))  # noqa: S608, checked
    state.seen = state.wanted
    at = datetime.fromtimestamp(float(began), UTC)
    # All is dated by the primary's clock; a replica's only serves what is read there.
    state.began = clock.sync(at) if route_of(session) is None else Moment(at, time.monotonic())
    connection.info[_KEY] = state


@event.listens_for(Session, "after_transaction_end")
def _end(session: Session, transaction: SessionTransaction) -> None:
    is_flush = transaction.parent is not None and not transaction.nested
    if is_flush:
        return
    state = get_state(session)
    state.seen = None
    if transaction.parent is None:
        state.began = state.token = None
        state.last_bytes.clear()


@event.listens_for(Engine, "before_cursor_execute")
def _before_statement(connection: Connection, *_: Any) -> None:
    state = connection.info.get(_KEY)
    if state is not None:
        _sync_settings(connection, state)


@event.listens_for(Pool, "checkin")
def _clear(_: Any, record: Any) -> None:
    record.info.pop(_KEY, None)


def _sync_settings(connection: Connection, state: Visibility) -> None:
    if state.seen == state.wanted:
        return
    driver = _driver(connection)
    if driver.pgconn.pipeline_status == PipelineStatus.OFF:
        _run(connection, f"SELECT {_settings(state)}")
    else:
        driver.execute(f"SELECT {_settings(state)}")
    state.seen = state.wanted


def _settings(state: Visibility) -> str:
    """SQL that sets the wanted visibility, and clears what was set before."""
    ids = state.wanted.split(",") if "," in state.wanted else []
    by_byte = dict.fromkeys(state.last_bytes, "")
    for one in ids:
        last = int(one[-2:], 16)
        by_byte[last] = f"{by_byte.get(last, '')} {one}"
    state.last_bytes |= by_byte.keys()
    settings = {SETTING: SEVERAL if ids else state.wanted}
    settings |= {f"{SETTING}s_of_{last}": some for last, some in by_byte.items()}
    if state.token is not None:
        settings[TOKEN_SETTING] = state.token
    return ", ".join(f"set_config('{name}', '{value}', true)" for name, value in settings.items())


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    return cast("psycopg.Connection[Any]", connection.connection.driver_connection)


def _run(connection: Connection, command: str) -> str:
    """Run a command in one round trip, and return the first column of its last row.

    psycopg sends its own BEGIN before a first statement, and waits for it, unless a transaction is already running.
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
