"""The ASGI application that gunicorn calls for each request: body, thread, response."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from io import BytesIO
from typing import Any

import structlog
from flask import Flask

from app import metrics
from app.server import outgoing
from app.server.environ import Scope, environ_of, path_of
from app.server.incoming import Body, BodyTimeouts, GoneError, Receive, read_body
from app.server.running import WSGI, Answer, Head
from app.server.spool import DiskBudget, NoOneReadsError
from app.server.threads import Threads, Ticket
from app.web.database import is_unavailable
from app.web.pools import REFUSED, STRIPE_BUSY, Pool, Switchboard, pool_of, threads_of
from config import Settings

log = structlog.get_logger("billing.server")

Send = Callable[[dict[str, Any]], Awaitable[None]]

_QUEUE_PER_THREAD = 16
"""How many requests may wait for each thread of a class; more are refused immediately."""

_DOWNLOAD_SECONDS = 60
"""How long a download may wait for a thread: each takes seconds anyway."""

_NO_WORDS = [("Retry-After", "5"), ("Content-Length", "0"), ("Cache-Control", "no-store")]
_HEALTHY = b'{"status":"ok"}\n'


class Application:
    """Serves a Flask application: slow clients don't occupy threads, and each class of requests has its own."""

    def __init__(self, flask: Flask) -> None:
        settings: Settings = flask.config["SETTINGS"]
        self._wsgi: WSGI = flask.wsgi_app
        self._switchboard = Switchboard(flask)
        self._pools = {
            pool: Threads(pool.value, count, queue=_queue(pool, count))
            for pool, count in threads_of(settings).items()
        }
        self._timeouts = BodyTimeouts(settings.body_silence_seconds, settings.body_seconds)
        self._waits = dict.fromkeys(Pool, float(settings.queue_seconds)) | {
            Pool.DOWNLOADS: float(max(settings.queue_seconds, _DOWNLOAD_SECONDS))
        }
        self._disk = DiskBudget(settings.spool_megabytes * 1024 * 1024)

    @property
    def is_idle(self) -> bool:
        """Whether all threads are idle."""
        return all(pool.is_idle for pool in self._pools.values())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (https://asgi.readthedocs.io/en/latest/specs/www.html)."""
        if scope["type"] != "http":
            # No WebSockets here: gunicorn responds with 403.
            await send({"type": "websocket.close"})
            return
        path, method = path_of(scope), scope["method"]
        if path == "/healthz" and method in {"GET", "HEAD"}:
            await _healthy(send, with_body=method == "GET")
            return
        endpoint = self._switchboard.endpoint_of(method, path)
        limit = self._switchboard.limit_of(endpoint)
        try:
            body = await read_body(scope, receive, limit=limit, timeouts=self._timeouts)
        except GoneError:
            return
        answer = Answer(asyncio.get_running_loop(), self._disk)
        try:
            head = await self._head(scope, body, pool_of(endpoint, path), answer)
            await outgoing.send_answer(head, answer, send, receive, keep_open=body.whole)
        except NoOneReadsError:
            # Returning in the middle of a response makes gunicorn end the connection, so that a partial response
            # isn't mistaken for a complete one.
            return
        finally:
            answer.spool.close()

    async def _head(self, scope: Scope, body: Body, pool: Pool, answer: Answer) -> Head:
        """The start of the response, from a thread of the pool or a fallback."""
        environ = environ_of(scope, body.file, body.length)
        if body.late:
            return await self._refused(environ, 408, answer)
        try:
            head = await self._run(pool, environ, answer)
        except Exception as error:
            # The first rows of a file could not be read: the view has ended by then, and nothing was sent yet.
            if not is_unavailable(error):
                raise
            answer.head = answer.loop.create_future()
            return await self._refused(environ | {"wsgi.input": BytesIO()}, 503, answer)
        if head is None and pool is Pool.STRIPE:
            environ[STRIPE_BUSY] = True
            head = await self._run(Pool.PAGES, environ, answer)
        if head is None:
            log.warning("no_thread", pool=pool.value)
            metrics.NO_THREAD.labels(pool.value).inc()
            head = await self._refused(environ, 503, answer)
        return head

    async def _refused(self, environ: dict[str, Any], status: int, answer: Answer) -> Head:
        """Let the application render the refusal; if even that is not possible, send it without a body."""
        environ[REFUSED] = status
        return await self._run(Pool.REFUSALS, environ, answer) or Head(status, _NO_WORDS, b"")

    async def _run(self, pool: Pool, environ: dict[str, Any], answer: Answer) -> Head | None:
        """Let a thread of the pool respond; None if none was free for too long."""
        ticket = self._pools[pool].submit(partial(answer.run, self._wsgi, environ))
        if ticket is None:
            return None
        waited = answer.loop.call_later(self._waits[pool], _cancel, ticket, answer)
        try:
            return await answer.head
        except NoThreadError:
            answer.head = answer.loop.create_future()
            return None
        finally:
            waited.cancel()
            # If the client is gone before a thread is free, nothing is started.
            ticket.cancel()


class NoThreadError(Exception):
    """No thread was free for too long."""


def _cancel(ticket: Ticket, answer: Answer) -> None:
    if ticket.cancel():
        answer.head.set_exception(NoThreadError())


def _queue(pool: Pool, threads: int) -> int:
    # Stripe's threads are full: answer without asking Stripe instead of queueing behind others.
    return threads if pool is Pool.STRIPE else threads * _QUEUE_PER_THREAD


async def _healthy(send: Send, *, with_body: bool) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(_HEALTHY)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _HEALTHY if with_body else b""})
