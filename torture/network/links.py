"""One link of the proxy: a port where it listens, whom it leads to, and what becomes of what passes."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

PIECE = 65_536
BIT = 1_400
"""Bytes that pass a slow link at a time."""
_RESET = struct.pack("ii", 1, 0)


class Mode(StrEnum):
    """What a link does. `CUT` resets every connection; `SILENT` lets nothing pass, and closes nothing; `DEAF` lets
    requests pass and no answers; `SLOW` takes `argument` milliseconds for each 1,400 bytes; `RESETS` breaks each
    connection off after at most `argument` bytes of its answers."""

    OPEN = "open"
    CUT = "cut"
    SILENT = "silent"
    DEAF = "deaf"
    SLOW = "slow"
    RESETS = "resets"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a program listens: a Unix socket's path, or a port of this machine."""

    path: str = ""
    port: int = 0

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Raises `OSError`."""
        if self.path:
            return await asyncio.open_unix_connection(self.path)
        return await asyncio.open_connection("127.0.0.1", self.port)


class Link:
    """Passes bytes on as its mode says. Connections that lost bytes are reset when the link is open again."""

    def __init__(self, target: Address, chance: Random) -> None:
        self._target = target
        self._chance = chance
        self._mode, self._argument = Mode.OPEN, 0
        self._opened = asyncio.Event()
        self._opened.set()
        self._connections: set[_Connection] = set()
        self.passed = 0

    async def listen(self, port: int) -> asyncio.Server:
        """Take connections at a port of this machine."""
        return await asyncio.start_server(self._take, "127.0.0.1", port)

    def set_mode(self, mode: Mode, argument: int = 0) -> None:
        """From now on, also for connections that are there."""
        self._mode, self._argument = mode, argument
        if mode is Mode.CUT:
            self._reset(list(self._connections))
        if mode in {Mode.SILENT, Mode.DEAF}:
            self._opened.clear()
        else:
            self._reset([one for one in self._connections if one.is_behind])
            self._opened.set()
        for one in self._connections:
            one.left = self._least(mode)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._mode is Mode.CUT:
            _abort(writer)
            return
        if self._mode is Mode.SILENT:
            await self._opened.wait()
        try:
            far_reader, far_writer = await self._target.connect()
        except OSError:
            _abort(writer)
            return
        connection = _Connection(writer, far_writer, left=self._least(self._mode))
        self._connections.add(connection)
        try:
            await _until_one_ends(
                self._pass_on(reader, far_writer, connection, is_answer=False),
                self._pass_on(far_reader, writer, connection, is_answer=True),
            )
        finally:
            self._connections.discard(connection)
            connection.close()

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        connection: _Connection,
        *,
        is_answer: bool,
    ) -> None:
        while piece := await reader.read(PIECE):
            if self._mode is Mode.SILENT or (self._mode is Mode.DEAF and is_answer):
                connection.is_behind = True
                await self._opened.wait()
            if self._mode is Mode.RESETS and is_answer:
                piece, connection.left = piece[: connection.left], connection.left - len(piece)
            if self._mode is Mode.SLOW:
                await self._slowly(piece, writer)
            else:
                writer.write(piece)
                await writer.drain()
            self.passed += len(piece)
            if self._mode is Mode.RESETS and connection.left <= 0:
                connection.reset()
                return

    async def _slowly(self, piece: bytes, writer: asyncio.StreamWriter) -> None:
        for start in range(0, len(piece), BIT):
            if self._mode is Mode.SLOW:
                await asyncio.sleep(self._argument / 1_000)
            writer.write(piece[start : start + BIT])
            await writer.drain()

    def _least(self, mode: Mode) -> int:
        return self._chance.randint(1, max(1, self._argument)) if mode is Mode.RESETS else 0

    def _reset(self, connections: list[_Connection]) -> None:
        for one in connections:
            one.reset()


@dataclass(eq=False, slots=True)
class _Connection:
    """Both ends. `left` are the bytes of answers that pass before it is reset; `is_behind`, that some were held."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter
    left: int = 0
    is_behind: bool = False

    def reset(self) -> None:
        for writer in (self.near, self.far):
            _abort(writer)

    def close(self) -> None:
        for writer in (self.near, self.far):
            with suppress(OSError, RuntimeError):
                writer.close()


async def _until_one_ends(*ways: Coroutine[Any, Any, None]) -> None:
    """A connection whose one way has ended is closed: none of our programs half-closes."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _abort(writer: asyncio.StreamWriter) -> None:
    """End a connection with a reset instead of an orderly close."""
    sock = writer.get_extra_info("socket")
    with suppress(OSError, AttributeError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
