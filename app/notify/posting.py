"""A POST with one overall deadline: connecting, TLS, sending, and reading the response headers.

The timeouts of HTTP libraries apply to each read, so a receiver that sends a byte now and then would be waited for
forever. Here one clock covers the whole request. The response body is not needed, and not read.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from app.notify.addresses import Target

LARGEST_HEAD = 16 * 1024
"""The most bytes of response headers that are read."""

_CONNECT_SECONDS = 3.05
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})(?:[ \r]|$)")
_RETRY_AFTER = re.compile(rb"^retry-after:[ \t]*(\d{1,9})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


class NoAnswerError(Exception):
    """There was no response, or not a valid HTTP response; the message says why."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The status of a response, and the seconds of its `Retry-After`, if any."""

    status: int
    retry_after: int | None = None


class _Clock:
    """The time left for the whole request."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._end = seconds, time.monotonic() + seconds

    def left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise NoAnswerError(f"No response within {self._seconds:g} seconds.")
        return left


def post(target: Target, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Reply:
    """Send a request and read the response headers, all within `seconds`. Raises `NoAnswerError`. Redirects
    are not followed."""
    clock = _Clock(seconds)
    try:
        with _connected(target, clock) as connection:
            _send(connection, _request(target, body, headers), clock)
            return _read(connection, clock)
    except TimeoutError:
        raise NoAnswerError(f"No response within {seconds:g} seconds.") from None
    except OSError as error:
        raise NoAnswerError(f"No connection: {error}") from error


def _connected(target: Target, clock: _Clock) -> socket.socket:
    """Connect to the first address that accepts a connection."""
    failure: OSError | None = None
    for address in target.addresses:
        try:
            plain = socket.create_connection((address, target.port), min(clock.left(), _CONNECT_SECONDS))
        except OSError as error:
            clock.left()
            failure = OSError(f"{address} refused the connection ({error}).")
            continue
        if target.scheme == "http":
            return plain
        try:
            plain.settimeout(clock.left())
            return _trusted().wrap_socket(plain, server_hostname=target.host)
        except BaseException:
            plain.close()
            raise
    raise failure or OSError("the host has no address.")


def _send(connection: socket.socket, request: bytes, clock: _Clock) -> None:
    rest = memoryview(request)
    while rest:
        connection.settimeout(clock.left())
        rest = rest[connection.send(rest) :]


def _read(connection: socket.socket, clock: _Clock) -> Reply:
    data = b""
    while True:
        head, end, rest = data.partition(b"\r\n\r\n")
        if end:
            reply = _reply(head)
            if reply.status >= 200:
                return reply
            # 1xx: the final response follows (RFC 9110, section 15.2).
            data = rest
            continue
        if len(data) > LARGEST_HEAD:
            raise NoAnswerError(f"The response headers are longer than {LARGEST_HEAD} bytes.")
        connection.settimeout(clock.left())
        more = connection.recv(4096)
        if not more:
            raise NoAnswerError("The connection was closed without a response.")
        data += more


def _reply(head: bytes) -> Reply:
    status = _STATUS.match(head)
    if status is None:
        raise NoAnswerError("The response is not HTTP.")
    wait = _RETRY_AFTER.search(head)
    return Reply(int(status[1]), int(wait[1]) if wait else None)


def _request(target: Target, body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = [
        f"POST {target.path} HTTP/1.1",
        f"Host: {target.host_header}",
        "Connection: close",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()
