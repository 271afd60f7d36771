"""Runs the WSGI application in a thread, and passes its response to the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog

from app.database.conditions import log_failure
from app.server.spool import DiskBudget, NoOneReadsError, Spool

log = structlog.get_logger("billing.server")

Headers = list[tuple[str, str]]
WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Head:
    """The start of a response. `body` is complete if its length is known; otherwise it comes through the spool."""

    status: int
    headers: Headers
    body: bytes | None


class Answer:
    """A response on its way from the thread that creates it to the event loop that sends it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, disk: DiskBudget) -> None:
        self.loop = loop
        self.head: asyncio.Future[Head] = loop.create_future()
        self.more = asyncio.Event()
        self.spool = Spool(disk, self._wake)
        self._begun: tuple[int, Headers] | None = None

    def start(self, status: str, headers: Headers, _: Any = None) -> Callable[[bytes], None]:
        """WSGI's `start_response`. Nothing is sent before the first piece of the body, so it can be called again."""
        self._begun = (int(status[:3]), headers)
        return _write

    def run(self, application: WSGI, environ: dict[str, Any]) -> None:
        """Create the response in the caller's thread. Never raises."""
        try:
            parts = application(environ, self.start)
            try:
                self._pass_on(parts)
            finally:
                close = getattr(parts, "close", None)
                if close is not None:
                    close()
        except NoOneReadsError as error:
            log.warning("answer_given_up", path=environ["PATH_INFO"], reason=str(error))
            self.spool.end(failed=True)
        except BaseException as error:  # whatever it was, someone is waiting for a response
            log_failure(log, "request_failed", error, path=environ["PATH_INFO"])
            self.spool.end(failed=True)
            self._notify(_fail, self.head, error)
        finally:
            environ["wsgi.input"].close()

    def _pass_on(self, parts: Iterable[bytes]) -> None:
        whole: list[bytes] = []
        streams = None
        for part in parts:
            if streams is None:
                streams = not self._length_is_known()
                if streams:
                    self._notify(_set, self.head, self._head(None))
            if streams:
                self.spool.write(part)
            else:
                whole.append(part)
        if not streams:
            self._notify(_set, self.head, self._head(b"".join(whole)))
        self.spool.end()

    def _length_is_known(self) -> bool:
        assert self._begun is not None  # noqa: S101 - PEP 3333: before the first piece
        return any(name.lower() == "content-length" for name, _ in self._begun[1])

    def _head(self, body: bytes | None) -> Head:
        assert self._begun is not None  # noqa: S101 - PEP 3333
        return Head(*self._begun, body)

    def _wake(self) -> None:
        if not self.more.is_set():
            self._notify(self.more.set)

    def _notify(self, what: Callable[..., Any], *arguments: Any) -> None:
        # The loop is closed if the process is shutting down and no one is waiting any more.
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(what, *arguments)


def _write(_: bytes) -> None:
    # PEP 3333 keeps it for old applications; Flask yields its responses.
    raise NotImplementedError


def _set(future: asyncio.Future[Head], head: Head) -> None:
    if not future.done():
        future.set_result(head)


def _fail(future: asyncio.Future[Head], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error if isinstance(error, Exception) else RuntimeError(str(error)))
