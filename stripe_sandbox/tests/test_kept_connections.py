"""A connection serves call after call, and none of them is read into the next."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from stripe_sandbox.app import LARGEST_BODY
from stripe_sandbox.testing import Process

HEADERS = {"Authorization": "Bearer sk_test_tests", "Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def connection(stand_in: Process) -> Iterator[http.client.HTTPConnection]:
    address = urlsplit(stand_in.url)
    with closing(http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)) as found:
        yield found


def call(connection: http.client.HTTPConnection, method: str, path: str, body: str = "") -> int:
    connection.request(method, path, body, HEADERS)
    answer = connection.getresponse()
    answer.read()
    return answer.status


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/v1/customers", "email=dana@harbor.example", 200),
        ("GET", "/v1/customers", "", 200),
        ("POST", "/v1/customers", "unheard_of=1", 400),
        ("POST", "/v1/nothing_of_stripes", "a=1", 404),
        ("POST", "/nowhere", "a=1&b=" + "2" * 70_000, 405),
        ("POST", "/v1/customers", "a=" + "b" * (LARGEST_BODY - 2), 400),
        ("HEAD", "/_sandbox/health", "", 200),
    ],
)
def test_a_call_leaves_the_connection_ready_for_the_next(
    connection: http.client.HTTPConnection, method: str, path: str, body: str, status: int
) -> None:
    assert call(connection, "GET", "/_sandbox/health") == 200
    before = connection.sock.getsockname()
    assert call(connection, method, path, body) == status
    assert call(connection, "GET", "/_sandbox/health") == 200
    assert connection.sock is not None and connection.sock.getsockname() == before


def test_a_body_that_is_not_read_closes_it(connection: http.client.HTTPConnection) -> None:
    assert call(connection, "POST", "/v1/customers", "a=" + "b" * LARGEST_BODY) == 413
    assert connection.sock is None


def test_an_answer_that_is_cut_off_closes_it(
    connection: http.client.HTTPConnection, stand_in: Process
) -> None:
    stand_in.control.order_fault("GET /v1/customers", "drop_before")
    assert call(connection, "GET", "/_sandbox/health") == 200
    with pytest.raises(http.client.RemoteDisconnected):
        call(connection, "GET", "/v1/customers")
