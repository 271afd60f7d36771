"""gunicorn's asyncio worker, serving a WSGI application through `app.server.application`.

In addition to gunicorn's worker: requests are served by threads of their class, idle connections don't delay a
shutdown, and a shutdown waits for threads whose clients have disconnected, because they may be processing a payment.
"""

from __future__ import annotations

import asyncio
import resource
from contextlib import suppress
from typing import Any

from flask import Flask
from gunicorn.workers import gasgi

from app.server.application import Application
from app.server.connections import Connection
from app.web import unknown_proxies

_FILES = 65536


class Worker(gasgi.ASGIWorker):  # type: ignore[misc]
    """One web process."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connections: set[Connection] = set()
        self.asgi: Any = None
        self.application: Application | None = None

    def init_process(self) -> None:
        """Allow many connections: a slow client only costs a file descriptor."""
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _FILES if most == resource.RLIM_INFINITY else min(most, _FILES)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
        # gunicorn's worker has no other hook for its connection class.
        gasgi.ASGIProtocol = Connection
        super().init_process()

    def load_wsgi(self) -> None:
        """Load the application. One that isn't Flask's, such as the page for a syntax error, is served as it is."""
        super().load_wsgi()
        if isinstance(self.asgi, Flask):
            unknown_proxies.say_at_start(self.asgi.config["SETTINGS"])
            self.application = self.asgi = Application(self.asgi)

    async def _shutdown(self) -> None:
        deadline = self.loop.time() + self.cfg.graceful_timeout
        for connection in list(self.connections):
            connection.close_if_idle()
        await super()._shutdown()
        while self.application and not self.application.is_idle and self.loop.time() < deadline:
            await asyncio.sleep(0.05)
