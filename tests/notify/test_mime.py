"""An email's headers: names can't add any, and the same thing has the same id."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from app.notify.composition import compose
from app.notify.emails import Email
from app.notify.mime import Sender, Written, flowed, message
from app.notify.server import SmtpServer
from environ import SettingsError
from tests.factories import at
from tests.notify.emails.samples import EMAILS, NAMES, READERS, kind_of

SENDER = Sender.parse("billing@portal.example", reply_to="help@portal.example")
NOW = at("2026-11-24 09:30")


def a_message(subject: str = "Paid", to: str = "a@x.example", thing: str = "1") -> str:
    return message(
        Written(subject, "words", "<p>words</p>", "en"), sender=SENDER, to=to, thing=thing, at=NOW
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


def text_part(made: EmailMessage) -> EmailMessage:
    """The plain text of an email, as a program reads what was sent."""
    arrived = message_from_bytes(made.as_bytes(), policy=default)
    part = arrived.get_body(("plain",))
    assert part is not None
    return part


def joined(lines: list[str]) -> list[str]:
    """The paragraphs of flowed lines (RFC 3676, section 4.1)."""
    paragraphs, is_open = [], False
    for line in lines:
        words = line.removeprefix(" ")
        paragraphs[-1:] = [paragraphs[-1] + words] if is_open else [*paragraphs[-1:], words]
        is_open = line.endswith(" ") and line != "-- "
    return paragraphs


@pytest.mark.one_of_each(by=kind_of)
@pytest.mark.parametrize("email", EMAILS, ids=NAMES)
def test_the_text_of_every_email_fits_a_terminal_and_says_that_it_flows(email: Email) -> None:
    written = compose(email, READERS)
    part = text_part(message(written, sender=SENDER, to="a@x.example", thing="1", at=NOW))
    assert part.get_params() == [
        ("text/plain", ""),
        ("charset", "utf-8"),
        ("format", "flowed"),
        ("delsp", "no"),
    ]
    lines = part.get_content().splitlines()
    assert [line for line in lines if len(line) > 78 and not line.startswith("https://")] == []
    assert joined(lines) == written.text.splitlines()


def test_flowed_lines_are_stuffed_where_they_would_be_read_as_something_else() -> None:
    words = "word " * 14 + ">quoted " + "word " * 13 + "From here"
    assert flowed(f"{words}\n\n-- \n") == (f"{'word ' * 14}\n >quoted {'word ' * 13}\n From here\n\n-- \n")
    assert flowed("From us\n") == " From us\n"


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
