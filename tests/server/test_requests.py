"""What goes over the wire comes to the application as it was sent, or is refused with a reason."""

from __future__ import annotations

import hashlib
import json
import socket
from http.client import IncompleteRead

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.web_process import WebProcess, head

FORM_LIMIT = 256 * 1024
BATCH_LIMIT = 10 * 1024 * 1024


def _answer(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and the first bytes of what was answered."""
    file = connection.makefile("rb")
    status = int(file.readline().split()[1])
    headers = {}
    while line := file.readline().strip():
        name, _, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    return status, headers, file.read(int(headers.get("content-length", 0)))


@pytest.mark.long
@given(pieces=st.lists(st.binary(min_size=1, max_size=70_000), max_size=4), chunked=st.booleans())
@settings(max_examples=20, deadline=None)
def test_a_body_arrives_as_it_was_sent(server: WebProcess, pieces: list[bytes], chunked: bool) -> None:
    body = b"".join(pieces)
    if len(body) > FORM_LIMIT:
        return
    connection = server.connect()
    if chunked:
        connection.request(
            "POST",
            "/tests/echo",
            body=iter(pieces),
            encode_chunked=True,
            headers={"Transfer-Encoding": "chunked"},
        )
    else:
        connection.request("POST", "/tests/echo", body=body)
    echoed = json.loads(connection.getresponse().read())
    assert echoed == {"digest": hashlib.sha256(body).hexdigest(), "length": len(body), "declared": len(body)}


def test_a_file_that_the_database_is_gone_for_is_answered_with_503(server: WebProcess) -> None:
    connection = server.connect()
    connection.request("GET", "/tests/lost-stream")
    response = connection.getresponse()
    assert (response.status, response.getheader("Retry-After") is not None) == (503, True)
    assert b"<h1" in response.read()
    connection.request("GET", "/tests/quick?q=1")
    assert connection.getresponse().status == 200, "and the thread serves on"


def test_a_connection_serves_one_request_after_the_other(server: WebProcess) -> None:
    connection = server.connect()
    for number in range(3):
        connection.request("POST", "/tests/echo", body=b"x" * number)
        assert json.loads(connection.getresponse().read())["length"] == number
        connection.request("HEAD", "/healthz")
        assert connection.getresponse().read() == b""


@pytest.mark.parametrize("path", ["/tests/echo", "/api/v1/usage"])
@pytest.mark.parametrize(
    "body",
    [
        b"zz\r\nhello\r\n0\r\n\r\n",
        b"5\r\nhelloworld\r\n0\r\n\r\n",
        b"-1\r\n\r\n",
        b"5;\x00\r\nhello\r\n0\r\n\r\n",
    ],
)
def test_a_malformed_chunk_is_400_and_nothing_is_taken_for_the_whole(
    server: WebProcess, path: str, body: bytes
) -> None:
    status, headers, _ = _answer(server.open(head("POST", path, Transfer_Encoding="chunked") + body))
    assert (status, headers["connection"]) == (400, "close")


@pytest.mark.parametrize(
    ("path", "limit", "kind"),
    [
        ("/tests/echo", FORM_LIMIT, "text/html; charset=utf-8"),
        ("/api/v1/usage", BATCH_LIMIT, "application/problem+json"),
    ],
)
def test_too_large_a_body_is_refused_before_it_is_sent(
    server: WebProcess, path: str, limit: int, kind: str
) -> None:
    said = {"Content_Length": str(limit + 1_000), "Content_Type": "application/cloudevents+json"}
    token = {"Authorization": "Bearer vpb_none"} if path.startswith("/api") else {}
    status, headers, _ = _answer(server.open(head("POST", path, **said, **token)))
    # Who has no token is told that first, and isn't listened to any longer either.
    assert status == (401 if token else 413)
    assert (headers["content-type"], headers["connection"]) == (kind, "close")


@pytest.mark.parametrize("length", [FORM_LIMIT + 1, FORM_LIMIT + 2, FORM_LIMIT * 3])
@pytest.mark.parametrize("chunked", [False, True])
def test_one_byte_too_many_is_413_however_it_is_sent(server: WebProcess, length: int, chunked: bool) -> None:
    sent = b"x" * length
    coding = {"Transfer_Encoding": "chunked"} if chunked else {"Content_Length": str(length)}
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (length, sent) if chunked else sent
    assert _answer(server.open(head("POST", "/tests/echo", **coding) + body))[0] == 413


@pytest.mark.long
@pytest.mark.parametrize(
    ("path", "kind", "words"),
    [
        ("/tests/echo", "text/html", b"in time"),
        ("/api/v1/usage", "application/problem+json", b"took too long to arrive"),
    ],
)
def test_a_body_that_does_not_come_is_408_in_the_words_of_who_is_asked(
    server: WebProcess, path: str, kind: str, words: bytes
) -> None:
    status, headers, body = _answer(server.open(head("POST", path, Content_Length="9") + b"x"))
    assert (status, headers["connection"]) == (408, "close")
    assert headers["content-type"].startswith(kind)
    assert words in body
    assert headers["x-request-id"]


def test_an_answer_that_fails_in_its_middle_never_looks_complete(server: WebProcess) -> None:
    with pytest.raises(IncompleteRead):
        server.get("/tests/broken-stream").read()


def test_the_proxy_says_who_asks_and_how(server: WebProcess) -> None:
    told = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    found = json.loads(server.get("/tests/quick?q=caf%C3%A9%2Fx", **told).read())
    assert found == {"address": "203.0.113.9", "scheme": "https", "path": "café/x"}


def test_no_header_of_a_client_passes_for_one_of_the_proxy(server: WebProcess) -> None:
    """WSGI writes dashes as underscores (PEP 3333), so a name with an underscore would be the proxy's own."""
    told = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    forged = {
        "X_Forwarded_For": "198.51.100.1",
        "X-Forwarded_For": "198.51.100.2",
        "X_Forwarded_Proto": "http",
    }
    found = json.loads(server.get("/tests/quick", **(told | forged)).read())
    assert found == {"address": "203.0.113.9", "scheme": "https", "path": None}


def test_an_address_with_anything_in_it_finds_its_page_or_none(server: WebProcess) -> None:
    assert server.get("/a%00b%ff%2Fc").status == 404
    assert server.ask("GET", "http://localhost/healthz").status == 200
    assert server.ask("GET", "http://localhost/api/v1/nothing").getheader("Content-Type") == (
        "application/problem+json"
    )
    assert server.ask("OPTIONS", "*").status < 500
