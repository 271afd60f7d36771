"""The platform's end of messages, for what is measured until the platform knows it."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from threading import Thread
from uuid import UUID

from app.billing.platform import endpoints
from app.extensions import db
from benchmarks.figures import Figure
from benchmarks.stage import application, inside
from dev.errors import ToolError

MOST_SECONDS = 1.0
PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Receiver:
    """What the platform was told of which organization, as it comes."""

    told: SimpleQueue[tuple[str, str]] = field(default_factory=SimpleQueue)

    def wait_for(self, kind: str, org_id: UUID) -> None:
        """Return when the platform has been told. Raises `ToolError` if that takes too long."""
        began = time.perf_counter()
        while time.perf_counter() - began < PATIENCE_SECONDS:
            try:
                if self.told.get(timeout=1) == (kind, str(org_id)):
                    return
            except Empty:
                continue
        raise ToolError(f"{kind} was not delivered within {PATIENCE_SECONDS} seconds.")


@contextmanager
def receiving(environment: Mapping[str, str]) -> Iterator[Receiver]:
    """Within the application: a receiver that the demo's own worker delivers to."""
    app = application(environment)
    receiver = Receiver()
    with _serving(receiver) as url, inside(app):
        endpoint, _ = endpoints.add(url)
        db.session.commit()
        yield receiver
        endpoints.disable(endpoint.id)
        db.session.commit()


def slowest(section: str, what: str, seconds: Sequence[float]) -> Figure:
    """The line for what has to be done within a second each time."""
    return Figure(
        section=section,
        what=f"{what}, slowest of {len(seconds)}",
        measured=f"{max(seconds):.2f} s (median {statistics.median(seconds):.2f} s)",
        floor="",
        goal=f"under {MOST_SECONDS:g} s",
        met=max(seconds) < MOST_SECONDS,
    )


@contextmanager
def _serving(receiver: Receiver) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            receiver.told.put((body["type"], body["data"]["organization"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/told"
    finally:
        server.shutdown()
        server.server_close()
