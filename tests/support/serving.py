"""An application served over HTTP by the test's own process."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """An address that is taken, and at which nothing answers before an application is served there. `url` has a name
    that makes it another site than the stand-in."""

    url: str
    listener: socket.socket


@contextmanager
def place(port: int = 0) -> Iterator[Place]:
    """Take a free port, unless one is given: for an application whose pages have to know addresses, its own too. Who
    asks waits until it is served."""
    with socket.create_server(("127.0.0.1", port), backlog=128) as listener:
        yield Place(f"http://127.0.0.1:{listener.getsockname()[1]}", listener)


@contextmanager
def serving(app: Flask, at: Place | None = None) -> Iterator[str]:
    """Serve an application, at a free port unless a place is given; its address.

    It is finished by then: a page of another test that asks an address which was its own a moment ago may be the first
    to ask here, and from then on Flask takes no more routes.
    """
    if at is None:
        with place() as taken, serving(app, taken) as url:
            yield url
        return
    app._got_first_request = True
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet, fd=at.listener.fileno())
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield at.url
    server.shutdown()
    thread.join()
    server.server_close()
