"""Section resume: from paying a top-up to the platform knowing that calls can start again."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from threading import Thread

from app.billing import topups
from app.billing.audit import OPERATOR
from app.billing.cards import payment_methods
from app.billing.platform import endpoints
from app.extensions import db
from app.money import Money
from benchmarks.figures import Figure
from benchmarks.stage import an_organization, application, inside
from demo import samples
from dev.errors import ToolError

ROUNDS = 8
MOST_SECONDS = 1.0
PATIENCE_SECONDS = 20


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """Top-ups of paused organizations, paid at the stand-in and told by the demo's own worker."""
    app = application(environment)
    with receiver() as (url, told), inside(app):
        endpoint, _ = endpoints.add(url)
        db.session.commit()
        seconds = [_seconds_to_resume(told) for _ in range(ROUNDS)]
        endpoints.disable(endpoint.id)
        db.session.commit()
    yield Figure(
        section="resume",
        what=f"top-up paid to calling.resumed delivered, slowest of {ROUNDS}",
        measured=f"{max(seconds):.2f} s (median {statistics.median(seconds):.2f} s)",
        floor="",
        goal=f"under {MOST_SECONDS:g} s",
        met=max(seconds) < MOST_SECONDS,
    )


def _seconds_to_resume(told: SimpleQueue[tuple[str, str]]) -> float:
    organization = an_organization("Paused")
    customer = payment_methods.customer_of(organization, email=None)
    card = samples.attach_card("pm_card_visa", customer, expires=date(2040, 12, 1))
    method = payment_methods.record(organization, card, OPERATOR)
    top_up = topups.begin(organization, Money.parse("50", organization.currency), method.id, OPERATOR)
    db.session.commit()
    began = time.perf_counter()
    topups.pay(organization, top_up.id, method.id, OPERATOR)
    db.session.commit()
    while time.perf_counter() - began < PATIENCE_SECONDS:
        try:
            if told.get(timeout=1) == ("calling.resumed", str(organization.id)):
                return time.perf_counter() - began
        except Empty:
            continue
    raise ToolError(f"calling.resumed was not delivered within {PATIENCE_SECONDS} seconds.")


@contextmanager
def receiver() -> Iterator[tuple[str, SimpleQueue[tuple[str, str]]]]:
    """The platform's end: what it is told of which organization, as it comes."""
    told: SimpleQueue[tuple[str, str]] = SimpleQueue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.put((body["type"], body["data"]["organization"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/told", told
    finally:
        server.shutdown()
        server.server_close()
