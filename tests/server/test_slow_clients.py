"""Who sends slowly, or doesn't read, costs no thread: all others are served."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.server.served import PIECE
from tests.support.web_process import WebProcess, head

MANY = 40


@pytest.fixture(autouse=True)
def _hang_up(server: WebProcess) -> object:
    yield
    server.hang_up()


def _is_served(server: WebProcess) -> bool:
    return server.get("/tests/quick?q=yes").read().startswith(b"{") and server.get("/healthz").status == 200


def test_slow_bodies_cost_no_thread(server: WebProcess) -> None:
    for _ in range(MANY):
        server.open(head("POST", "/tests/echo", Content_Length="100") + b"x")
        server.open(head("POST", "/api/v1/usage", Transfer_Encoding="chunked") + b"1\r\nx\r\n")
    assert _is_served(server)


def test_slow_heads_cost_no_thread(server: WebProcess) -> None:
    for _ in range(MANY):
        server.open(b"GET /tests/quick HTTP/1.1\r\nHost: loc")
        server.open(b"")
    assert _is_served(server)


def test_readers_that_do_not_read_cost_no_thread_and_get_everything_when_they_do(server: WebProcess) -> None:
    stalled = [server.open(head("GET", "/tests/stream/20", Connection="close")) for _ in range(12)]
    for one in stalled:
        assert one.recv(12) == b"HTTP/1.1 200"
    assert _is_served(server)

    answer = stalled[-1].makefile("rb")
    while answer.readline().strip():
        pass
    digest = hashlib.sha256()
    while size := int(answer.readline(), 16):
        digest.update(answer.read(size))
        assert answer.readline() == b"\r\n"
    assert digest.digest() == hashlib.sha256(PIECE * 20).digest()


def test_what_slow_readers_leave_on_disk_is_bounded_and_a_broken_download_shows_it(
    server: WebProcess,
) -> None:
    """24 MB may wait: of downloads of 125 MB that no one reads some are broken off, in their middle."""
    stalled = [server.open(head("GET", "/tests/stream/2000", Connection="close")) for _ in range(2)]
    assert _is_served(server)
    ends = []
    for one in stalled:
        received = b""
        while piece := _received(one):
            received = (received + piece)[-7:]
        ends.append(received)
    assert all(not end.endswith(b"0\r\n\r\n") for end in ends)
    server.hang_up()
    # What was left is free again.
    assert len(server.get("/tests/stream/100").read()) == 100 * len(PIECE)


def test_the_first_piece_of_a_long_answer_is_sent_before_the_last_is_made(
    server: WebProcess, tmp_path: Path
) -> None:
    answer = server.get(f"/tests/first-piece?until={tmp_path / 'read'}")
    assert answer.read(5) == b"first"
    (tmp_path / "read").touch()
    assert answer.read() == b"last"


def _received(connection: object) -> bytes:
    try:
        return connection.recv(1 << 16)  # type: ignore[attr-defined, no-any-return]
    except ConnectionError:
        return b""
