"""Reading a request's body on the event loop, within a limit and a time, before a thread is taken."""

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
"""Bytes a second: a large body may take a second more for each of these that came."""


class GoneError(Exception):
    """The client hung up before its body was there."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a body is waited for, in seconds: without a byte of it, and in all."""

    silence: float
    in_all: float


@dataclass(frozen=True, slots=True)
class Body:
    """A request's body. Where it isn't `whole`, it was too large (`length` says so) or, with `late`, too slow."""

    file: IO[bytes]
    length: int
    whole: bool = True
    late: bool = False


async def read_body(scope: Scope, receive: Receive, *, limit: int, patience: Patience) -> Body:
    """Read the body. What says that it is larger than `limit` is not read at all, and what turns out to be is read no
    further: the application refuses it by its length.

    Raises `GoneError`.
    """
    file: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by who read it
    declared = header(scope, b"content-length")
    if header(scope, b"transfer-encoding") is None:
        length = int(declared or 0)
        # One byte too many is read still: so do the application's own readers, who find it out that way.
        if not length or length > limit + 1:
            return Body(file, length, whole=not length)
    body = await _read(file, receive, limit, patience)
    file.seek(0)
    return body


async def _read(file: IO[bytes], receive: Receive, limit: int, patience: Patience) -> Body:
    clock = asyncio.get_running_loop().time
    start, length = clock(), 0
    try:
        async with asyncio.timeout(patience.silence) as deadline:
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
                end = start + patience.in_all + length / _SLOWEST
                deadline.reschedule(min(clock() + patience.silence, end))
    except TimeoutError:
        return Body(file, length, whole=False, late=True)
