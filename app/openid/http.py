"""Requests to the provider: JSON comes back, all of it before one deadline, and no redirect is followed.

The timeouts of HTTP libraries apply to each read, so a provider that sends a byte now and then would be waited for
forever. Here a timer closes the connection.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event, Timer
from typing import Any
from urllib.parse import urlsplit

from app.openid.errors import UnavailableError

SECONDS = 5
"""For a whole request, from connecting to the last byte."""

LARGEST = 256 * 1024
"""The most bytes of an answer that are read."""


def get(url: str, *, seconds: float = SECONDS) -> dict[str, Any]:
    """The JSON object at an address. Raises `UnavailableError`."""
    status, content = exchange("GET", url, {}, None, seconds=seconds)
    if status != 200:
        raise UnavailableError(f"{url} answered {status}")
    return content


def exchange(
    method: str, url: str, headers: Mapping[str, str], body: str | None, *, seconds: float = SECONDS
) -> tuple[int, dict[str, Any]]:
    """Send a request; returns the status and the JSON object of the answer. Raises `UnavailableError`."""
    parts = urlsplit(url)
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, seconds)
    is_late = Event()
    target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    timer: Timer | None = None
    try:
        connection.connect()
        timer = Timer(seconds, _cut, [connection.sock, is_late])
        timer.daemon = True
        timer.start()
        sent = {"Accept": "application/json", "User-Agent": "VoicePortalBilling/1", "Connection": "close"}
        connection.request(method, target, body=body, headers=sent | dict(headers))
        response = connection.getresponse()
        read = response.read(LARGEST + 1)
        # `read` doesn't complain where the connection ends early.
        is_cut = bool(response.length) and len(read) <= LARGEST
        status = response.status
    except (OSError, HTTPException, ValueError) as error:
        raise UnavailableError(_why(url, error, is_late=is_late, seconds=seconds)) from error
    finally:
        if timer is not None:
            timer.cancel()
        connection.close()
    if is_late.is_set():
        raise UnavailableError(_why(url, None, is_late=is_late, seconds=seconds))
    if is_cut:
        raise UnavailableError(f"{url} answered less than it announced")
    if len(read) > LARGEST:
        raise UnavailableError(f"{url} answered with more than {LARGEST} bytes")
    return status, _object(url, status, read)


def _connection(scheme: str, host: str, port: int | None, seconds: float) -> HTTPConnection:
    if scheme == "https":
        return HTTPSConnection(host, port, timeout=seconds, context=_trusted())
    return HTTPConnection(host, port, timeout=seconds)


def _cut(connection: socket.socket, is_late: Event) -> None:
    """Let the thread that waits for the connection go on."""
    is_late.set()
    with suppress(OSError):  # it may have been closed meanwhile
        # The plain socket below TLS, which another thread may be reading from.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _why(url: str, error: Exception | None, *, is_late: Event, seconds: float) -> str:
    if is_late.is_set() or isinstance(error, TimeoutError):
        return f"{url} didn't answer within {seconds:g} seconds"
    return f"{url} can't be reached: {error}"


def _object(url: str, status: int, read: bytes) -> dict[str, Any]:
    try:
        content = json.loads(read)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise UnavailableError(f"{url} answered {status} without a JSON object")
    return content


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()
