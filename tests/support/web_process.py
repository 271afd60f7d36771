"""The web server as a process of its own, and clients that behave badly toward it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse

from dev.ports import free_port
from dev.waiting import until_answering
from tests.support import programs

PATIENCE = 60
"""Seconds that a test waits for an answer: far more than any of them takes, on any machine."""


@dataclass
class WebProcess:
    """A running server."""

    process: programs.Program | subprocess.Popen[bytes]
    port: int
    sockets: list[socket.socket] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def get(self, path: str, **headers: str) -> HTTPResponse:
        """Ask on a connection of its own; its body is read by the caller."""
        return self.ask("GET", path, headers=headers)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> HTTPResponse:
        connection = self.connect()
        connection.request(method, path, body=body, headers=dict(headers or {}))
        return connection.getresponse()

    def open(self, sent: bytes) -> socket.socket:
        """A connection on which this was sent; it stays open until the test is over."""
        opened = socket.socket()
        opened.settimeout(PATIENCE)
        # A small window: what isn't read waits with the server rather than in the system.
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        opened.connect(("127.0.0.1", self.port))
        opened.sendall(sent)
        self.sockets.append(opened)
        return opened

    def hang_up(self) -> None:
        """End what `open` opened."""
        for one in self.sockets:
            one.close()
        self.sockets.clear()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def web_process(
    application: str = "wsgi:app", environment: Mapping[str, str] | None = None, *, workers: int = 1
) -> Iterator[WebProcess]:
    """Serve an application as the Procfile does."""
    port = free_port()
    own = {"APP_ENV": "test", "PORT": str(port), "WEB_CONCURRENCY": str(workers), "LOG_LEVEL": "ERROR"}
    start = programs.start_python if "PYTHONPATH" in (environment or {}) else programs.start
    process = start(
        "gunicorn",
        ["--bind", f"127.0.0.1:{port}", "--log-level", "error", application],
        os.environ | own | dict(environment or {}),
    )
    found = WebProcess(process, port)
    try:
        assert until_answering(f"{found.address}/healthz", give_up=lambda: process.poll() is not None)
        yield found
    finally:
        found.hang_up()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def head(method: str, path: str, **headers: str) -> bytes:
    """The head of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()
