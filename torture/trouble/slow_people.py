"""Slow people: bodies that come a byte at a time, and readers that don't read."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from random import Random
from urllib.parse import urlsplit

from torture.journal import Journal

MOST = 12
"""Sockets at the same time."""
LASTS = 15
"""Seconds."""
READ_SLOWLY = ("/api/v1/openapi.json", "/sign-in", "/api/docs")
WRITTEN_SLOWLY = ("/sign-in", "/api/v1/usage", "/webhooks/stripe")


class SlowPeople:
    """Opens slow connections, in threads, until `stopping`."""

    def __init__(self, address: str, chance: Random, journal: Journal, stopping: threading.Event) -> None:
        where = urlsplit(address)
        self._where = (where.hostname or "localhost", where.port or 80)
        self._chance = chance
        self._journal = journal
        self._stopping = stopping
        self._places = threading.Semaphore(MOST)
        self.thread = threading.Thread(target=self._run, name="slow people", daemon=True)

    def _run(self) -> None:
        while not self._stopping.wait(self._chance.uniform(0.5, 1.5)):
            if self._places.acquire(blocking=False):
                does = self._chance.choice([self._write, self._read])
                path = self._chance.choice(WRITTEN_SLOWLY if does == self._write else READ_SLOWLY)
                threading.Thread(target=self._slowly, args=(does, path), daemon=True).start()

    def _slowly(self, does: object, path: str) -> None:
        name = "slow body" if does == self._write else "slow reader"
        try:
            with socket.create_connection(self._where, timeout=10) as connection:
                outcome = (
                    self._write(connection, path) if does == self._write else self._read(connection, path)
                )
        except OSError:
            outcome = "hung up on"
        finally:
            self._places.release()
        self._journal.happened(name, outcome)

    def _write(self, connection: socket.socket, path: str) -> str:
        head = (
            f"POST {path} HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/json",
            "Content-Length: 5000",
        )
        connection.sendall(("\r\n".join(head) + "\r\n\r\n").encode())
        for _ in range(LASTS * 2):
            connection.sendall(b"[")
            if self._stopping.wait(0.5):
                break
        return "given up"

    def _read(self, connection: socket.socket, path: str) -> str:
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        connection.sendall(request.encode())
        self._stopping.wait(LASTS)
        return "never read"
