"""HTTP/1.1 with connections that are kept, as Stripe keeps them: werkzeug's own handler closes each after one answer.

A new connection and a thread for each call cost more than most calls do.
"""

from __future__ import annotations

from io import BytesIO

from werkzeug.serving import WSGIRequestHandler
from werkzeug.test import run_wsgi_app

from stripe_sandbox.app import LARGEST_BODY


class KeptConnections(WSGIRequestHandler):
    """Answers one request after another on a connection, until the client closes it or an answer is cut off."""

    protocol_version = "HTTP/1.1"
    # Head and body leave in one packet: of two, the second would wait until the client has acknowledged the first.
    wbufsize = -1

    def run_wsgi(self) -> None:
        """Read the whole body, so that the next request begins where it ends, and answer."""
        length = self.headers.get("Content-Length", "0")
        is_plain = not {"Transfer-Encoding", "Expect"} & set(self.headers)
        if not (is_plain and length.isdecimal() and int(length) <= LARGEST_BODY):
            # Where the body may not be read to its end, werkzeug answers, and closes the connection.
            super().run_wsgi()
            return
        environ = self.make_environ()
        environ["wsgi.input"] = BytesIO(self.rfile.read(int(length)))
        parts, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
        body = b"".join(parts)
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        headers.setdefault("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
