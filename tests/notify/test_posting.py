"""One POST within one deadline, whatever the other side does."""

from __future__ import annotations

import socket

import pytest

from app.clock import utc_now
from app.notify import webhooks
from app.notify.webhooks import Answer
from tests.support.platform_receiver import answering, receiving

OK = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"


def send(url: str, seconds: float = 10) -> Answer:
    return webhooks.send(
        url,
        [webhooks.new_secret()],
        message_id="msg_1",
        type_="wallet.low",
        data={},
        at=utc_now(),
        allow_private=True,
        seconds=seconds,
    )


@pytest.mark.parametrize(
    "parts",
    [
        (b"",),  # nothing at all
        (b"H",),  # a byte now and then
        (b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n"),  # headers without end
        (b"HTTP/1.1 103 Early Hints\r\n\r\n",),  # more is to come, and comes again and again
    ],
)
def test_a_receiver_that_never_ends_its_answer_is_given_up_at_the_deadline(parts: tuple[bytes, ...]) -> None:
    """Each byte comes well within any timeout for a single read."""
    with answering(*parts, pause=0.02, for_ever=True) as url:
        answer = send(url, seconds=0.6)
    assert not answer.taken
    assert "within 0.6 seconds" in answer.words or "longer than" in answer.words


def test_a_receiver_that_does_not_read_is_given_up_too() -> None:
    """Its machine takes the connection, and no one the request."""
    with socket.create_server(("127.0.0.1", 0), backlog=1) as listener:
        answer = send(f"http://127.0.0.1:{listener.getsockname()[1]}/", seconds=0.5)
    assert "within 0.5 seconds" in answer.words


def test_a_receiver_that_never_speaks_tls_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        answer = send(f"https://127.0.0.1:{listener.getsockname()[1]}/", seconds=0.5)
    assert "within 0.5 seconds" in answer.words


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((b"SSH-2.0-OpenSSH_9.2\r\n\r\n",), "not HTTP"),
        ((b"HTTP/2 200\r\n\r\n",), "not HTTP"),
        ((b"HTTP/1.1 2000 OK\r\n\r\n",), "not HTTP"),
        ((b"HTTP/1.1 200 OK\r\n" + b"X: " + b"a" * 20_000,), "longer than"),
        ((), "closed without a response"),
        ((b"HTTP/1.1 200 OK\r\n",), "closed without a response"),
    ],
)
def test_what_is_no_answer_is_said_to_be_none(parts: tuple[bytes, ...], words: str) -> None:
    with answering(*parts) as url:
        answer = send(url)
    assert not answer.taken
    assert words in answer.words


def test_an_answer_counts_at_its_head_however_long_its_body() -> None:
    with answering(
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", b"x" * 1000, pause=0.01, for_ever=True
    ) as url:
        assert send(url).taken


def test_interim_answers_are_passed_over() -> None:
    with answering(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n", OK, pause=0.01) as url:
        assert send(url).taken


@pytest.mark.one_of_each(by=lambda status: status if status in {408, 410, 425, 429} else status // 100)
@pytest.mark.parametrize("status", [*range(200, 210), *range(300, 309), *range(400, 452), *range(500, 512)])
def test_each_status_is_taken_refused_for_good_or_neither(status: int) -> None:
    with receiving() as receiver:
        receiver.answers = [status]
        answer = send(receiver.url)
    assert answer.taken is (200 <= status < 300)
    assert answer.refused is (400 <= status < 500 and status not in {408, 425, 429})
    assert answer.gone is (status == 410)
    assert str(status) in answer.words


@pytest.mark.parametrize(("value", "seconds"), [("7", 7), ("later", None), ("-1", None), ("1" * 40, None)])
def test_a_receiver_may_say_when_to_come_back(value: str, seconds: int | None) -> None:
    with receiving() as receiver:
        receiver.answers, receiver.headers = [429], {"Retry-After": value}
        assert send(receiver.url).retry_after == seconds


def test_the_next_address_of_a_host_is_tried_where_one_takes_no_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lookup(*_: object, **__: object) -> list[object]:
        return [(0, 0, 0, "", (address, 0)) for address in ("::1", "127.0.0.1")]

    with receiving() as receiver:
        real, url = socket.getaddrinfo, receiver.url.replace("127.0.0.1", "portal.example")
        # Connecting looks up an address, too: only the name is answered here.
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda host, *a, **k: (lookup if host == "portal.example" else real)(host, *a, **k),
        )
        assert send(url).taken


def test_a_name_that_leads_elsewhere_after_the_check_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the name is looked up once, and the address that was checked is the one connected to."""
    with receiving() as checked:
        real, port = socket.getaddrinfo, checked.url.rpartition(":")[2].partition("/")[0]
        asked: list[str] = []

        def lookup(host: str, *rest: object, **more: object) -> object:
            if host != "portal.example":
                return real(host, *rest, **more)  # type: ignore[arg-type]
            asked.append(host)
            return [(0, 0, 0, "", ("127.0.0.1" if len(asked) == 1 else "::1", 0))]

        monkeypatch.setattr(socket, "getaddrinfo", lookup)
        assert send(f"http://portal.example:{port}/events").taken
    assert (len(checked.requests), asked) == (1, ["portal.example"])
    assert checked.requests[0][0]["Host"] == f"portal.example:{port}"
