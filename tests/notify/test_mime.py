"""An email's headers: names can't add any, and the same thing has the same id."""

from __future__ import annotations

import pytest

from app.notify.mime import Sender, Written, message
from app.notify.server import SmtpServer
from config import SettingsError
from tests.factories import at

SENDER = Sender.parse("billing@portal.example", reply_to="help@portal.example")
NOW = at("2026-11-24 09:30")


def a_message(subject: str = "Paid", to: str = "a@x.example", thing: str = "1") -> str:
    return message(
        Written(subject, "words", "<p>words</p>"), sender=SENDER, to=to, thing=thing, at=NOW
    ).as_string()


def test_a_name_with_line_breaks_adds_no_header() -> None:
    made = a_message("Paid by Evil\r\nBcc: everyone@x.example\u2028X: y\x00")
    assert "\nBcc:" not in made
    assert "Subject: Paid by Evil Bcc: everyone@x.example X: y" in made


def test_an_address_with_line_breaks_is_no_address() -> None:
    with pytest.raises(ValueError):
        a_message(to="a@x.example\r\nBcc: everyone@x.example")


def test_the_same_thing_told_again_has_the_same_id_and_another_reader_another() -> None:
    def id_of(made: str) -> str:
        return next(line for line in made.splitlines() if line.startswith("Message-ID:"))

    assert id_of(a_message()) == id_of(a_message("Paid, again"))
    assert len({id_of(a_message()), id_of(a_message(to="b@x.example")), id_of(a_message(thing="2"))}) == 3
    assert id_of(a_message()).endswith("@portal.example>")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mail.example", "must start with one of smtp"),
        ("http://mail.example", "must start with one of smtp"),
        ("smtps://", "names no host"),
        ("smtps://mail.example:port", "no usable host and port"),
        ("smtps://mail.example:99999", "no usable host and port"),
        ("smtps://user@mail.example", "user name without a password"),
        ("smtps://user:se/cret@mail.example", "no usable host and port"),
        ("smtps://mail.example/x", "something after the port"),
        ("smtp://mail.example", "unencrypted"),
        ("smtp://user:secret@mail.example", "unencrypted"),
    ],
)
def test_a_mail_server_that_can_not_be_used_is_refused_at_start_without_telling_the_password(
    url: str, says: str
) -> None:
    with pytest.raises(SettingsError, match="SMTP_URL") as refused:
        SmtpServer.parse(url)
    assert says in str(refused.value)
    assert "cret" not in str(refused.value)


def test_a_mail_server_is_read_with_its_usual_port_and_escaped_password() -> None:
    server = SmtpServer.parse("smtp+starttls://apikey:a%40b%2Fc@mail.example")
    assert server == SmtpServer("mail.example", 587, "starttls", "apikey", "a@b/c")
    assert SmtpServer.parse("smtps://mail.example").port == 465
    assert SmtpServer.parse("smtp://localhost").port == 25


@pytest.mark.parametrize("mail_from", ["Billing", "Billing <>", "billing@", "a@x.example, b@x.example"])
def test_a_sender_that_is_no_address_is_refused(mail_from: str) -> None:
    with pytest.raises(SettingsError, match="MAIL_FROM"):
        Sender.parse(mail_from, reply_to="help@portal.example")
