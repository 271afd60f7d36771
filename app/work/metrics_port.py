"""A worker has no pages: what it measures is read on a port of its own."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from app import metrics


def serve(host: str, port: int, token: str) -> ThreadingHTTPServer:
    """Serve `/metrics` in a thread, to those who know the token if there is one. Raises `OSError` if the port is
    taken."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/metrics":
                self._answer(404)
            elif token and not metrics.may_read(self.headers.get("Authorization", ""), token):
                self._answer(401)
            else:
                self._answer(200, metrics.expose())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _answer(self, status: int, content: bytes = b"") -> None:
            self.send_response(status)
            self.send_header("Content-Type", metrics.CONTENT_TYPE)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server
