"""A webhook endpoint for tests: it checks signatures and remembers what it got."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import stripe

SECRET = "whsec_of_the_receiver"


class Receiver:
    """`status` is what it answers; `got` are the events whose signature was right."""

    def __init__(self) -> None:
        self.url = ""
        self.start_over()

    def start_over(self) -> None:
        self.status = 200
        self.got: list[dict[str, Any]] = []
        self.signatures: list[str] = []

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.got]

    def take(self, body: str, signature: str) -> int:
        stripe.WebhookSignature.verify_header(body, signature, SECRET, tolerance=300)
        self.got.append(json.loads(body))
        self.signatures.append(signature)
        return self.status


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver at an address of its own for as long as the block lasts."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send_response(receiver.take(body, self.headers["Stripe-Signature"]))
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/webhooks"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
