"""Statements sent as one message: the server works through them and answers once, so they take one wait together.

psycopg's own pipeline sends each statement by itself as soon as it is executed, which wakes the server, and this
process, for each. Here libpq collects them until the end
(https://www.postgresql.org/docs/current/libpq-pipeline-mode.html).
Each statement is prepared on its connection the first time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Self

import psycopg
from psycopg import Connection
from psycopg.abc import PQGen
from psycopg.abc import Transformer as TransformerOf
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import READY_R, WAIT_R, WAIT_RW

from app import tracing

Parameters = Sequence[str | None] | Mapping[str, str | None]
Statement = tuple[str, Parameters]
"""SQL as the driver takes it, and its parameters as text: where their types don't follow, it says them."""

_PLACEHOLDER = re.compile(r"%(?:\((?P<name>\w+)\))?s|%%")
_GOOD = {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}


class FastConnection(Connection[tuple[Any, ...]]):
    """A connection that sends messages."""

    _message_names: dict[str, bytes]
    _messages_named = 0
    _reader: TransformerOf
    """Reads all results: how values of a type are read is looked up once."""

    @classmethod
    def open(cls, conninfo: str, **parameters: Any) -> Self:
        """Connect, without transactions of its own. Raises `psycopg.OperationalError`."""
        made: Self = cls.connect(conninfo, autocommit=True, **parameters)
        made._message_names, made._reader = {}, Transformer(made)
        return made

    def send(self, *statements: Statement) -> list[list[tuple[Any, ...]]]:
        """Send statements, and return the rows of each. Without BEGIN they are one transaction.

        Raises the first one's error that failed; those after it were not done. Raises `psycopg.DataError` for a
        parameter that can't be sent, and then sends nothing.
        """
        with tracing.span(
            "message", kind="client", db__system__name="postgresql", billing__statements=len(statements)
        ):
            return self._send(statements)

    def _send(self, statements: Sequence[Statement]) -> list[list[tuple[Any, ...]]]:
        server: PGconn = self.pgconn
        asked: list[tuple[str, bool]] = []
        given = [_encoded(*statement) for statement in statements]
        server.enter_pipeline_mode()
        try:
            for (text, _), values in zip(statements, given, strict=True):
                query, _ = _prepared_form(text)
                name = self._message_names.get(text)
                if name is None:
                    self._messages_named += 1
                    name = b"message_%d" % self._messages_named
                    self._message_names[text] = name
                    server.send_prepare(name, query)
                    asked.append((text, True))
                server.send_query_prepared(name, values)
                asked.append((text, False))
            server.pipeline_sync()
            results = self.wait(_receive(server))
        finally:
            if server.status == ConnStatus.OK:
                server.exit_pipeline_mode()
        return self._rows_of(asked, results)

    def _rows_of(
        self, asked: Sequence[tuple[str, bool]], results: Sequence[PGresult]
    ) -> list[list[tuple[Any, ...]]]:
        failed = next((result for result in results if result.status not in _GOOD), None)
        if failed is not None:
            for (text, is_preparing), result in zip(asked, results, strict=False):
                if is_preparing and result.status not in _GOOD:
                    del self._message_names[text]
            raise error_from_result(failed, encoding=self.info.encoding)
        rows, reader = [], self._reader
        for (_, is_preparing), result in zip(asked, results, strict=True):
            if not is_preparing:
                reader.set_pgresult(result)
                rows.append(reader.load_rows(0, result.ntuples, tuple))
        reader.set_pgresult(None)
        return rows


def _receive(server: PGconn) -> PQGen[list[PGresult]]:
    """The results of a message, up to its end."""
    while server.flush():
        ready = yield WAIT_RW
        if ready & READY_R:
            server.consume_input()
    found: list[PGresult] = []
    while True:
        while server.is_busy():
            yield WAIT_R
            server.consume_input()
        result = server.get_result()
        if result is not None:
            if result.status == ExecStatus.PIPELINE_SYNC:
                return found
            found.append(result)
        if server.status != ConnStatus.OK:
            raise psycopg.OperationalError(server.get_error_message())


def _encoded(text: str, parameters: Parameters) -> list[bytes | None]:
    """The parameters of a statement in the order of their numbers. Raises `psycopg.DataError`: libpq would cut a text
    at its first NUL."""
    _, names = _prepared_form(text)
    values = [parameters[one] for one in names] if isinstance(parameters, Mapping) else parameters
    try:
        given = [None if one is None else one.encode() for one in values]
    except UnicodeEncodeError as error:
        raise psycopg.DataError(str(error)) from None
    if any(one is not None and b"\0" in one for one in given):
        raise psycopg.DataError("A text with a NUL character can't be sent.")
    return given


@cache
def _prepared_form(text: str) -> tuple[bytes, tuple[str, ...]]:
    """SQL with numbered parameters, and their names, if they have any."""
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        names.append(match["name"] or "")
        return f"${len(names)}"

    query = _PLACEHOLDER.sub(number, text)
    return query.encode(), tuple(names)
