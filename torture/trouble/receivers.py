"""Who is told by webhook: one receiver that is quick, one that is slow, refuses, drips and hangs up."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

STATES = ("calling.", "wallet.low", "wallet.recovered")


@dataclass
class Receiver:
    """What came in: of each organization the state that its newest message tells. `is_hostile` until told not to.

    It listens at `port`; `url` is where messages are to be sent, through the proxy."""

    chance: Random | None = None
    is_hostile: bool = False
    port: int = 0
    url: str = ""
    messages: int = 0
    ids: set[str] = field(default_factory=set)
    states: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, body: bytes, message_id: str = "") -> None:
        """Keep what a message tells of the calling state; the newest by its own time, then by its coming."""
        message: dict[str, Any] = json.loads(body)
        with self.lock:
            self.messages += 1
            self.ids.add(message_id)
            state = message["data"].get("state")
            if state is None or not message["type"].startswith(STATES):
                return
            org_id, told = message["data"]["organization"], (message["timestamp"], self.messages, state)
            self.states[org_id] = max(self.states.get(org_id, ("", 0, "")), told)

    def start(self) -> ThreadingHTTPServer:
        """Listen on a port of its own, in the background."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                _answer(receiver, self, body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.port = server.server_port
        threading.Thread(target=server.serve_forever, name="receiver", daemon=True).start()
        return server


def _answer(receiver: Receiver, request: BaseHTTPRequestHandler, body: bytes) -> None:
    mood = receiver.chance.random() if receiver.is_hostile and receiver.chance else 1.0
    if mood < 0.15:
        time.sleep(9.5)
    elif mood < 0.25:
        return  # hangs up without an answer
    elif mood < 0.35:
        _drip(request)
        return
    status = 500 if 0.35 <= mood < 0.45 else 404 if 0.45 <= mood < 0.5 else 204
    if status == 204:
        receiver.take(body, request.headers.get("webhook-id", ""))
    try:
        request.send_response(status)
        request.send_header("Content-Length", "0")
        request.end_headers()
    except OSError:
        pass  # the caller has given up


def _drip(request: BaseHTTPRequestHandler) -> None:
    """An answer that comes a byte at a time, for longer than anyone should wait."""
    try:
        for byte in b"HTTP/1.1 204 No Content\r\nX-Slow: " + b"a" * 20:
            request.wfile.write(bytes([byte]))
            request.wfile.flush()
            time.sleep(0.5)
    except OSError:
        pass
