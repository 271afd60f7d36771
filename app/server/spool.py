"""Buffers the part of a response that the client has not read yet: in memory, then in a temporary file, within a
limit.

The thread never waits for the client: it writes the whole response and continues with the next request.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from tempfile import TemporaryFile
from threading import Lock
from typing import IO

IN_MEMORY = 256 * 1024
"""Bytes of one response that are buffered in memory."""

PIECE = 64 * 1024
"""Bytes that are read from the file at a time."""


class NoOneReadsError(Exception):
    """The client is gone, or the buffers for slow clients are full: the response is abandoned."""


class DiskBudget:
    """How many bytes all responses of the process may buffer on disk."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._lock = Lock()

    def take(self, size: int) -> bool:
        """Reserve `size` bytes, if available."""
        with self._lock:
            if size > self._left:
                return False
            self._left -= size
            return True

    def give_back(self, size: int) -> None:
        """Release bytes that were sent or abandoned."""
        with self._lock:
            self._left += size


class Spool:
    """The pieces of one response, written by a thread and read by the event loop, in order."""

    def __init__(self, disk: DiskBudget, wake: Callable[[], None]) -> None:
        self._disk, self._wake = disk, wake
        self._lock = Lock()
        self._pieces: deque[bytes] = deque()
        self._in_memory = 0
        self._file: IO[bytes] | None = None
        self._read = self._written = 0
        self._ended = self._failed = self._closed = False

    def write(self, piece: bytes) -> None:
        """Add a piece. Raises `NoOneReadsError`."""
        if not piece:
            return
        with self._lock:
            if self._closed:
                raise NoOneReadsError("The client has gone.")
            if self._read == self._written and self._in_memory + len(piece) <= IN_MEMORY:
                self._pieces.append(piece)
                self._in_memory += len(piece)
            else:
                self._to_disk(piece)
        self._wake()

    def end(self, *, failed: bool = False) -> None:
        """Mark the response as complete, or as `failed`."""
        with self._lock:
            self._ended, self._failed = True, failed
        self._wake()

    def read(self) -> bytes | None:
        """The next piece; empty if there is none yet, None after the last.

        Raises `NoOneReadsError` if the response was abandoned: then what was sent must not look complete.
        """
        with self._lock:
            if self._pieces:
                piece = self._pieces.popleft()
                self._in_memory -= len(piece)
                return piece
            if self._file is not None and self._read < self._written:
                return self._from_disk(self._file)
            if self._ended and self._failed:
                raise NoOneReadsError("The answer was abandoned.")
            return None if self._ended else b""

    def close(self) -> None:
        """Discard the rest, and let go of whom it wakes, who has the spool: the response's memory is free right away,
        not only when garbage is next collected."""
        with self._lock:
            self._closed = True
            self._wake = _no_one
            self._pieces.clear()
            self._disk.give_back(self._written)
            self._read = self._written = 0
            if self._file is not None:
                self._file.close()
                self._file = None

    def _to_disk(self, piece: bytes) -> None:
        if not self._disk.take(len(piece)):
            raise NoOneReadsError("Too much waits for slow clients.")
        if self._file is None:
            self._file = TemporaryFile()  # noqa: SIM115 - closed with the spool
        self._file.seek(self._written)
        self._file.write(piece)
        self._written += len(piece)

    def _from_disk(self, file: IO[bytes]) -> bytes:
        file.seek(self._read)
        piece = file.read(PIECE)
        self._read += len(piece)
        if self._read == self._written:
            # Everything was sent, so memory is free again.
            file.seek(0)
            file.truncate()
            self._disk.give_back(self._written)
            self._read = self._written = 0
        return piece


def _no_one() -> None:
    """Who is woken once no one reads any more."""
