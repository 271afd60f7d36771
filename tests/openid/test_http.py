"""Requests to the provider end in time, whatever it does."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from app.openid import UnavailableError, http


@contextmanager
def answering(*parts: bytes, drips: bytes = b"", stays: bool = False) -> Iterator[str]:
    """A server that says this to the first who asks, then drips something for ever, or stays silent."""
    done = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                for part in parts:
                    connection.sendall(part)
                while drips and not done.wait(0.02):
                    try:
                        connection.sendall(drips)
                    except OSError:
                        return
                if stays:
                    done.wait(30)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x"
        done.set()
        thread.join(10)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def test_an_answer_comes_back() -> None:
    with answering(HEAD, b"Content-Length: 9\r\n\r\n", b'{"a": 1}\n') as url:
        assert http.get(url) == {"a": 1}


@pytest.mark.parametrize(
    ("parts", "drips"),
    [
        ((), b""),
        ((), b"H"),
        ((HEAD,), b"X-Wait: a\r\n"),
        ((HEAD, b"\r\n"), b" "),
        ((HEAD, b"Content-Length: 900000\r\n\r\n"), b" "),
    ],
)
def test_silence_and_drops_end_at_the_deadline(parts: tuple[bytes, ...], drips: bytes) -> None:
    with (
        answering(*parts, drips=drips, stays=True) as url,
        pytest.raises(UnavailableError, match="didn't answer"),
    ):
        http.get(url, seconds=0.3)


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (b"SSH-2.0-OpenSSH\r\n",),
        (HEAD, b"\r\n", b"[1]"),
        (HEAD, b"\r\n", b"<html>"),
        (HEAD, b"\r\n", b'{"a": 1'),
        (HEAD, b"\r\n", b"\xff\xfe"),
        (HEAD, b"\r\n", b"[" * 100_000),
        (HEAD, b"Content-Length: 50\r\n\r\n", b"{}"),
        (HEAD, b"\r\n", b'{"a": "' + b"a" * http.LARGEST + b'"}'),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", b"{}"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n", b"{}"),
    ],
)
def test_what_is_no_answer_is_said_to_be_none(parts: tuple[bytes, ...]) -> None:
    with answering(*parts) as url, pytest.raises(UnavailableError):
        http.get(url)


def test_where_no_one_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(UnavailableError, match="can't be reached"):
        http.get(f"http://127.0.0.1:{port}/")
