"""Reads a request's body on the event loop, within size and time limits, before it occupies a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from app.server.environ import Scope, header

Receive = Callable[[], Awaitable[dict[str, Any]]]

IN_MEMORY = 256 * 1024
"""Bytes of a body that are kept in memory; a larger one goes to a temporary file."""

_SLOWEST = 64 * 1024
"""Bytes per second: a large body gets an extra second for each of these received."""


class GoneError(Exception):
    """The client disconnected before its body was complete."""


@dataclass(frozen=True, slots=True)
class BodyTimeouts:
    """How many seconds a body may take: without receiving a byte, and in total."""

    idle: float
    total: float


@dataclass(frozen=True, slots=True)
class Body:
    """A request's body. Where it isn't `whole`, it was too large (`length` says so) or, with `late`, too slow."""

    file: IO[bytes]
    length: int
    whole: bool = True
    late: bool = False


async def read_body(scope: Scope, receive: Receive, *, limit: int, timeouts: BodyTimeouts) -> Body:
    """Read the body. One that declares to be larger than `limit` is not read at all, and one that turns out to be is
    read no further: the application rejects it by its length.

    Raises `GoneError`.
    """
    file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by who read it
    declared = header(scope, b"content-length")
    if header(scope, b"transfer-encoding") is None:
        length = int(declared or 0)
        # One extra byte is read, by which the application's own readers detect that it is too large.
        if not length or length > limit + 1:
            return Body(file, length, whole=not length)
    body = await _read(file, receive, limit, timeouts)
    file.seek(0)
    return body


async def _read(file: IO[bytes], receive: Receive, limit: int, timeouts: BodyTimeouts) -> Body:
    clock = asyncio.get_running_loop().time
    start, length = clock(), 0
    try:
        async with asyncio.timeout(timeouts.idle) as deadline:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise GoneError
                piece = message.get("body", b"")
                length += len(piece)
                file.write(piece)
                if length > limit:
                    return Body(file, length, whole=False)
                if not message.get("more_body"):
                    return Body(file, length)
                end = start + timeouts.total + length / _SLOWEST
                deadline.reschedule(min(clock() + timeouts.idle, end))
    except TimeoutError:
        return Body(file, length, whole=False, late=True)
