"""gunicorn's connection, with timeouts for slow request heads and for clients that don't read."""

from __future__ import annotations

from asyncio import TimerHandle, Transport
from contextlib import suppress
from typing import Any

from gunicorn.asgi.protocol import ASGIProtocol

HEAD_SECONDS = 30
"""How long the headers of a connection's first request may take. For later ones the keep-alive timeout applies."""

READER_SECONDS = 120
"""How long a client may read nothing before its connection is closed."""

_FLUSH_SECONDS = 30
"""How long a closing connection may take to flush."""


class Connection(ASGIProtocol):  # type: ignore[misc]
    """One client's connection."""

    worker: Any
    transport: Transport

    def __init__(self, worker: Any) -> None:
        super().__init__(worker)
        self._timers: dict[str, TimerHandle] = {}

    def connection_made(self, transport: Transport) -> None:
        """Begin to wait for the head of a request."""
        super().connection_made(transport)
        self.worker.connections.add(self)
        self._later("head", HEAD_SECONDS, self._head_is_late)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget it."""
        self.worker.connections.discard(self)
        for timer in self._timers.values():
            timer.cancel()
        super().connection_lost(error)

    def pause_writing(self) -> None:
        """The client reads too slowly, or not at all."""
        super().pause_writing()
        self._later("reader", READER_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The client reads again."""
        self._timers.pop("reader").cancel()
        super().resume_writing()

    def close_if_idle(self) -> None:
        """Close the connection if it has no request in progress."""
        if self._awaiting_request:
            self._end()

    def _head_is_late(self) -> None:
        if self.req_count <= 1:
            self.close_if_idle()

    def _end(self) -> None:
        self._close_transport()
        self._request_ready.set()

    def _close_transport(self) -> None:
        super()._close_transport()
        if self.transport.get_write_buffer_size():
            self._later("flush", _FLUSH_SECONDS, self.transport.abort)

    def _later(self, name: str, seconds: float, what: Any) -> None:
        with suppress(KeyError):
            self._timers.pop(name).cancel()
        self._timers[name] = self.worker.loop.call_later(seconds, what)
