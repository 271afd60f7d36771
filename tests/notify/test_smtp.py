"""Handing mail to a mail server: protected, one recipient at a time, and saying what went wrong."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.notify.mime import Sender, Written, message
from app.notify.server import SmtpServer
from app.notify.smtp import Smtp
from app.notify.transport import RefusedError, UnavailableError
from tests.factories import at
from tests.support.mail_server import CERTIFICATES, running
from tests.support.platform_receiver import answering

SENDER = Sender.parse("Billing <billing@portal.example>", reply_to="help@portal.example")
WORDS = Written("Grüße & more", "Plain wörds\n", "<p>Words</p>\n", "en")


def send(url: str, *recipients: str) -> list[str]:
    """Send to each in turn; what was said of each that was not taken."""
    said = []
    with Smtp(SmtpServer.parse(url), SENDER.address).connect() as connection:
        for recipient in recipients:
            made = message(WORDS, sender=SENDER, to=recipient, thing="1", at=at("2026-11-24 09:30"))
            try:
                connection.send(made, to=recipient)
            except (RefusedError, UnavailableError) as error:
                said.append(f"{type(error).__name__} {error}")
    return said


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this machine trust the certificates of the tests."""
    file = tmp_path / "authority.pem"
    CERTIFICATES.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


def test_a_mail_arrives_as_text_and_html_of_the_same_words() -> None:
    with running() as server:
        assert send(f"smtp://{server.address}", "a@x.example") == []
        ((recipient, mail),) = server.taken
    assert recipient == "a@x.example"
    assert mail["Subject"] == "Grüße & more"
    assert mail["From"] == "Billing <billing@portal.example>"
    assert mail["To"] == "a@x.example"
    assert mail["Reply-To"] == "help@portal.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Tue, 24 Nov 2026 09:30:00 +0000"
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content().replace("\r", "") for part in mail.iter_parts()] == [WORDS.text, WORDS.html]


def test_a_refused_recipient_holds_no_one_back() -> None:
    with running() as server:
        server.answers["gone@x.example"] = "550 5.1.1 no such user"
        said = send(f"smtp://{server.address}", "gone@x.example", "b@x.example")
        assert [recipient for recipient, _ in server.taken] == ["b@x.example"]
    assert said == ["RefusedError 550 5.1.1 no such user"]


def test_a_recipient_put_off_is_for_later() -> None:
    with running() as server:
        server.answers["busy@x.example"] = "451 4.7.1 greylisted"
        assert send(f"smtp://{server.address}", "busy@x.example") == ["UnavailableError 451 4.7.1 greylisted"]


def test_a_server_that_is_away_is_for_later() -> None:
    with running() as server:
        address = server.address
    with pytest.raises(UnavailableError, match="ConnectionRefused"):
        send(f"smtp://{address}", "a@x.example")


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(("scheme", "tls"), [("smtp+starttls", "starttls"), ("smtps", "tls")])
def test_mail_goes_over_tls_with_a_password(scheme: str, tls: str) -> None:
    with running(tls=tls, signs_in=True) as server:
        assert send(f"{scheme}://billing:p%40ss%2Fword@{server.address}", "a@x.example") == []
        assert len(server.taken) == 1


@pytest.mark.usefixtures("trusted")
def test_a_wrong_password_is_for_later_because_an_operator_can_fix_it() -> None:
    with running(tls="starttls", signs_in=True) as server, pytest.raises(UnavailableError, match="535"):
        send(f"smtp+starttls://billing:wrong@{server.address}", "a@x.example")


@pytest.mark.parametrize(("scheme", "tls"), [("smtp+starttls", "starttls"), ("smtps", "tls")])
def test_a_certificate_that_no_one_vouches_for_gets_no_mail(scheme: str, tls: str) -> None:
    with running(tls=tls) as server:
        with pytest.raises(UnavailableError, match="certificate"):
            send(f"{scheme}://{server.address}", "a@x.example")
        assert server.taken == []


def test_where_tls_is_wanted_and_not_offered_nothing_is_sent() -> None:
    with running() as server:
        with pytest.raises(UnavailableError, match="STARTTLS"):
            send(f"smtp+starttls://{server.address}", "a@x.example")
        assert server.taken == []


@pytest.mark.parametrize("parts", [(b"2",), (b"220-wait\r\n",), (b"220 hello\r\n", b"250-wait\r\n")])
@pytest.mark.parametrize("scheme", ["smtp", "smtp+starttls"])
def test_a_server_that_never_ends_its_answer_is_cut_off(parts: tuple[bytes, ...], scheme: str) -> None:
    """Each byte comes well within the time for a single answer."""
    with answering(*parts, pause=0.02, for_ever=True, speaks_first=True) as url:
        server = SmtpServer.parse(f"{scheme}://127.0.0.1:{urlsplit(url).port}")
        made = message(WORDS, sender=SENDER, to="a@x.example", thing="1", at=at("2026-11-24 09:30"))
        with (
            pytest.raises(UnavailableError),
            Smtp(server, SENDER.address, seconds=0.4).connect() as connection,
        ):
            connection.send(made, to="a@x.example")
