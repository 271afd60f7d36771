"""A receiver of what the platform is told: keeps what comes, and answers as it is told to."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any


@dataclass
class Receiver:
    """Answers with the next of `answers`, and with 204 once there are none; with what `by_type` says for a type."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    by_type: dict[str, int] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[dict[str, str], str]] = field(default_factory=list)

    @property
    def types(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.requests]

    def data(self, index: int = -1) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.requests[index][1])["data"]
        return found


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            receiver.requests.append((dict(self.headers), body))
            by_type = receiver.by_type.get(json.loads(body).get("type", ""), 204)
            self.send_response(receiver.answers.pop(0) if receiver.answers else by_type)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with _serving(Handler) as port:
        receiver.url = f"http://127.0.0.1:{port}/events?from=billing"
        yield receiver


@dataclass
class Holding:
    """A receiver that takes every request and answers none, until `release` is set."""

    url: str = ""
    release: Event = field(default_factory=Event)
    taken: int = 0
    most: int = 0
    answered: int = 0
    given_up: int = 0
    counting: Lock = field(default_factory=Lock)

    @property
    def waiting(self) -> int:
        return self.taken - self.answered - self.given_up


@contextmanager
def holding() -> Iterator[Holding]:
    receiver = Holding()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            with receiver.counting:
                receiver.taken += 1
                receiver.most = max(receiver.most, receiver.waiting)
            released = self._is_released()
            with receiver.counting:
                receiver.answered += released
                receiver.given_up += not released
            if released:
                self.send_response(204)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def _is_released(self) -> bool:
            """Wait; False where the sender gave up."""
            self.connection.settimeout(0.05)
            while not receiver.release.is_set():
                try:
                    if not self.connection.recv(1):
                        return False
                except TimeoutError:
                    continue
                except OSError:
                    return False
            return True

        def log_message(self, *_: Any) -> None:
            pass

    with _serving(Handler) as port:
        receiver.url = f"http://127.0.0.1:{port}/held"
        try:
            yield receiver
        finally:
            receiver.release.set()


@contextmanager
def answering(
    *parts: bytes, pause: float = 0, for_ever: bool = False, speaks_first: bool = False
) -> Iterator[str]:
    """A receiver that sends these bytes, whatever they are, with a pause between; its address.

    `for_ever`: it begins again with the last of them, until the other side has had enough.
    """
    ended = Event()

    def serve(listener: socket.socket) -> None:
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                if not speaks_first:
                    connection.recv(65536)
                for part in parts:
                    connection.sendall(part)
                    ended.wait(pause)
                while for_ever and not ended.is_set():
                    connection.sendall(parts[-1] if parts else b"")
                    ended.wait(pause or 0.05)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=serve, args=(listener,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/raw"
        finally:
            ended.set()


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
