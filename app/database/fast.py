"""Connections of their own for the few statements that calls wait for: holds and the calling status.

A session asks whether its connection is still there, begins, says whom it sees, and waits for each statement. Here
all statements of a step are sent as one message, prepared the first time, on a connection that isn't asked first. If
it was lost, the work is done once more on a fresh one, so it has to be work that can safely be repeated.

Row-level security holds as everywhere: the first statement of a message says which organizations and which token the
others see, until the transaction ends.
"""

from __future__ import annotations

import os
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from psycopg.errors import FeatureNotSupported, InvalidSqlStatementName, ReadOnlySqlTransaction
from psycopg.pq import TransactionStatus

from app import metrics
from app.database.messages import FastConnection, Statement
from app.database.transactions import SETTING, SEVERAL, TOKEN_SETTING
from app.per_application import PerApplication

R = TypeVar("R")

_SEE = "SELECT now(), count(set_config(name, value, true)) FROM unnest(%s::text[], %s::text[]) AS seen (name, value)"
_SEE_ONE = f"SELECT now(), set_config('{TOKEN_SETTING}', %s, true) || set_config('{SETTING}', %s, true)"

_OUTDATED = (FeatureNotSupported, InvalidSqlStatementName, ReadOnlySqlTransaction)
"""How PostgreSQL refuses a prepared statement once a column has another type ("cached plan must not change result
type"), one that was deallocated, and a change where it was demoted (`app.database.gone`)."""

_IN_USE = metrics.CONNECTIONS_IN_USE.labels("fast")
_OPTIONS = "-c plan_cache_mode=force_generic_plan"
"""A prepared statement is planned once, not each time, whatever the lengths of its arrays are."""


class FastConnections:
    """The connections of one process, made when they are needed and kept: at most one for each thread that uses
    them."""

    def __init__(self, conninfo: str, *, options: str = "", **parameters: Any) -> None:
        self._conninfo = conninfo
        self._parameters = parameters | {"options": f"{options} {_OPTIONS}"}
        self._free: deque[FastConnection] = deque()
        self._process = os.getpid()
        self._switched_off = 0

    @property
    def is_on(self) -> bool:
        """Whether the fast path may be tried at all."""
        return not self._switched_off

    @contextmanager
    def switched_off(self) -> Iterator[None]:
        """Take the careful path meanwhile, in all threads: to compare them, and where another clock is used than the
        database's."""
        self._switched_off += 1
        try:
            yield
        finally:
            self._switched_off -= 1

    def run(self, work: Callable[[FastConnection], R]) -> R:
        """Do some work on a connection, and once more on a fresh one if that was lost, if its server was
        demoted, or what is prepared on it no longer fits the tables.

        What it leaves open is rolled back. Raises what the work raises, and `psycopg.OperationalError` if the
        database can't be reached.
        """
        with self._lent() as connection:
            try:
                return work(connection)
            except _OUTDATED:
                connection.close()
            except psycopg.OperationalError:
                if not connection.closed:
                    raise
        # The others were made before that, and are probably as useless; another thread may give one back right now.
        self.close()
        with self._lent(fresh=True) as connection:
            return work(connection)

    def close(self) -> None:
        """Close the connections that no one is using."""
        while self._free:
            self._free.pop().close()

    @contextmanager
    def _lent(self, *, fresh: bool = False) -> Iterator[FastConnection]:
        connection = self._open() if fresh else self._take()
        _IN_USE.inc()
        try:
            yield connection
        finally:
            _IN_USE.dec()
            if _is_clean(connection):
                self._free.append(connection)
            else:
                connection.close()

    def _take(self) -> FastConnection:
        if self._process != os.getpid():
            # Those are the parent's, which goes on using them.
            self._free, self._process = deque(), os.getpid()
        try:
            return self._free.pop()
        except IndexError:
            return self._open()

    def _open(self) -> FastConnection:
        return FastConnection.open(self._conninfo, prepare_threshold=0, **self._parameters)


connections = PerApplication[FastConnections]("fast_connections")
"""Those of the application."""


def seeing(org_ids: Collection[UUID], token_id: UUID) -> Statement:
    """The first statement of a message: these organizations and this token are seen until the transaction ends. Its
    first column is the time of the transaction."""
    if len(org_ids) == 1:
        return _SEE_ONE, (str(token_id), str(next(iter(org_ids))))
    by_byte: dict[int, list[str]] = defaultdict(list)
    for org_id in org_ids:
        by_byte[org_id.bytes[-1]].append(str(org_id))
    names = [TOKEN_SETTING, SETTING, *(f"{SETTING}s_of_{last}" for last in by_byte)]
    values = [str(token_id), SEVERAL, *(f'"{" ".join(some)}"' for some in by_byte.values())]
    return _SEE, ("{" + ",".join(names) + "}", "{" + ",".join(values) + "}")


def _is_clean(connection: FastConnection) -> bool:
    """Whether a connection can be used again; what is open on it is rolled back."""
    try:
        if not connection.closed and connection.pgconn.transaction_status != TransactionStatus.IDLE:
            connection.rollback()
    except psycopg.Error:
        return False
    return not connection.closed
