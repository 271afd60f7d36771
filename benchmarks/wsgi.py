"""Calling a WSGI application with nothing in between: no sockets, no client, no test helpers."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and how long that took in seconds."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


class Visitor:
    """Someone with a browser: keeps cookies."""

    def __init__(self, application: WSGIApplication, host: str = "localhost") -> None:
        self._application = application
        self._host = host
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for a page. Header names as WSGI has them: HTTP_IF_NONE_MATCH."""
        return self._call("GET", path, b"", headers)

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        """Send a form."""
        body = urlencode(fields).encode()
        form = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body))}
        return self._call("POST", path, body, form)

    def _call(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        path, _, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": self._host,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": self._host,
            "HTTP_ACCEPT_LANGUAGE": "en-US",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            **headers,
        }
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(
            status: str, fields: list[tuple[str, str]], _error: object = None
        ) -> Callable[[bytes], object]:
            started.append((status, fields))
            return lambda _: None

        begin = time.perf_counter()
        chunks = self._application(environ, start_response)
        answered = b"".join(chunks)
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
        seconds = time.perf_counter() - begin
        status, fields = started[-1]
        for name, value in fields:
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return Answer(
            int(status.split()[0]), {name.lower(): value for name, value in fields}, answered, seconds
        )


def side_by_side(*asked: Callable[[], Answer], rounds: int = 300, warm_up: int = 30) -> list[float]:
    """The median seconds of each, asked in turn so that whatever else the machine does hits all of them."""
    times: list[list[float]] = [[] for _ in asked]
    for turn in range(rounds + warm_up):
        for ask, seconds in zip(asked, times, strict=True):
            answer = ask()
            if turn >= warm_up:
                seconds.append(answer.seconds)
    return [statistics.median(seconds) for seconds in times]
