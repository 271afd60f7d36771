"""The proxy between two programs: what passes, what doesn't, and how a connection ends."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.support.waiting import wait_until
from torture.network.links import Mode
from torture.network.proxy import Proxy

QUESTION, ANSWER = b"question", b"an answer of twenty-eight by"


class _Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        with suppress(ConnectionResetError):
            while question := self.request.recv(1_000):
                self.server.asked.append(question)  # type: ignore[attr-defined]
                self.request.sendall(ANSWER)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Echo)
        self.asked: list[bytes] = []


@pytest.fixture(scope="module")
def server() -> Iterator[_Server]:
    with _Server() as one:
        threading.Thread(target=one.serve_forever, daemon=True).start()
        yield one
        one.shutdown()


@pytest.fixture(scope="module")
def running(server: _Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    one = Proxy(7, tmp_path_factory.mktemp("proxy") / "log")
    one.add("a-b", server.server_address[1])
    one.start()
    yield one
    one.stop()


@pytest.fixture
def proxy(running: Proxy, server: _Server) -> Proxy:
    running.open_all()
    server.asked.clear()
    return running


def connected(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.ports["a-b"]), timeout=20)


def ask(connection: socket.socket) -> bytes:
    """What comes back for a question, to the last byte; less where the connection ends before."""
    connection.sendall(QUESTION)
    answer = b""
    while len(answer) < len(ANSWER) and (piece := connection.recv(1_000)):
        answer += piece
    return answer


@pytest.mark.parametrize("mode", [Mode.OPEN, Mode.SLOW])
def test_an_open_and_a_slow_link_lose_nothing(proxy: Proxy, mode: Mode) -> None:
    proxy.set("a-b", mode, 1)
    with connected(proxy) as connection:
        assert [ask(connection) for _ in range(3)] == [ANSWER] * 3


def test_a_cut_link_resets_what_is_there_and_what_comes(proxy: Proxy) -> None:
    with connected(proxy) as connection:
        assert ask(connection) == ANSWER
        proxy.set("a-b", Mode.CUT)
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
    # It may come before the connection is made, too.
    with pytest.raises((ConnectionResetError, BrokenPipeError)), connected(proxy) as connection:
        ask(connection)
        connection.sendall(QUESTION)
        connection.recv(1)


@pytest.mark.parametrize(("mode", "asked"), [(Mode.SILENT, 0), (Mode.DEAF, 1)])
def test_a_silent_link_closes_nothing_until_it_is_open_again(
    proxy: Proxy, server: _Server, mode: Mode, asked: int
) -> None:
    with connected(proxy) as connection, connected(proxy) as idle:
        assert (ask(connection), ask(idle)) == (ANSWER, ANSWER)
        server.asked.clear()
        proxy.set("a-b", mode)
        connection.sendall(QUESTION)
        wait_until(lambda: len(server.asked) >= asked, "The question did not arrive.")
        connection.settimeout(1)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        assert len(server.asked) == asked
        proxy.set("a-b", Mode.OPEN)
        connection.settimeout(20)
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
        assert ask(idle) == ANSWER  # it lost nothing


def test_a_link_that_resets_breaks_off_in_the_middle_of_an_answer(proxy: Proxy) -> None:
    proxy.set("a-b", Mode.RESETS, len(ANSWER) - 1)
    with connected(proxy) as connection:
        got = b""
        with pytest.raises(ConnectionResetError):
            connection.sendall(QUESTION)
            while piece := connection.recv(1_000):
                got += piece
        assert len(got) < len(ANSWER)
