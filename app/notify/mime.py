"""An email as it is sent: the same content as plain text and HTML (multipart/alternative)."""

from __future__ import annotations

import hashlib
import textwrap
from dataclasses import dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses

from email_validator import EmailNotValidError, validate_email

from environ import SettingsError

COLUMNS = 72
"""How wide lines of plain text are, before the space that continues them (RFC 3676, section 4.2: at most 78)."""
_SIGNATURE = "-- "

STOP = "https://stop.invalid"
"""Stands for the link by which a reader stops emails of a kind: each of them has another."""


@dataclass(frozen=True, slots=True)
class Written:
    """A composed email: its subject, its body as plain text and HTML, and their language, as BCP 47 names it."""

    subject: str
    text: str
    html: str
    language: str

    def stopped_at(self, address: str) -> Written:
        """The same with the link by which one reader stops such emails."""
        return replace(self, text=self.text.replace(STOP, address), html=self.html.replace(STOP, address))


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender of email, and where replies go."""

    name: str
    address: str
    reply_to: str

    @classmethod
    def parse(cls, mail_from: str, *, reply_to: str) -> Sender:
        """Read `MAIL_FROM`: an address, or a name with one in angle brackets. Raises `SettingsError`."""
        found = getaddresses([mail_from])
        name, address = found[0] if len(found) == 1 else ("", mail_from)
        return cls(
            one_line(name), checked("MAIL_FROM", address or mail_from), checked("SUPPORT_EMAIL", reply_to)
        )

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def message(
    written: Written, *, sender: Sender, to: str, thing: str, at: datetime, unsubscribe: str | None = None
) -> EmailMessage:
    """The email to one recipient. `thing` names its subject matter: the same thing has the same Message-ID.

    So an email that is repeated because sending was interrupted can be recognized (RFC 5322, section 3.6.4).
    `Auto-Submitted` keeps out-of-office replies away (RFC 3834). `unsubscribe` is the address to which the reader's
    program posts when they press its own button (RFC 8058, section 3.1). `Content-Language` is RFC 3282's.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(display_name=sender.name, addr_spec=sender.address)
    mail["To"] = Address(addr_spec=to)
    mail["Reply-To"] = Address(addr_spec=sender.reply_to)
    mail["Subject"] = one_line(written.subject)
    mail["Date"] = format_datetime(at)
    reader = hashlib.sha256(to.encode()).hexdigest()[:16]
    mail["Message-ID"] = f"<{thing}.{reader}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    if unsubscribe is not None:
        mail["List-Unsubscribe"] = f"<{unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(flowed(written.text), cte="quoted-printable", params={"format": "flowed", "delsp": "no"})
    mail.add_alternative(written.html, subtype="html", cte="quoted-printable")
    # Last: what sets content removes all headers about content that are there.
    mail["Content-Language"] = written.language
    return mail


def flowed(text: str) -> str:
    """Plain text with a paragraph to a line, as lines that fit a terminal: those that end with a space continue, so
    a narrow window can break them elsewhere (RFC 3676, sections 4.1, 4.3 and 4.4). Words are never broken, so that a
    link can be clicked."""
    return "".join(f"{line}\n" for paragraph in text.splitlines() for line in _flowed_lines(paragraph))


def _flowed_lines(paragraph: str) -> list[str]:
    if paragraph == _SIGNATURE:
        return [paragraph]
    lines = textwrap.wrap(paragraph, COLUMNS, break_long_words=False, break_on_hyphens=False) or [""]
    stuffed = [f" {line}" if line.startswith((" ", ">", "From ")) else line for line in lines]
    return [*(f"{line} " for line in stuffed[:-1]), stuffed[-1]]


def one_line(words: str) -> str:
    """Text without line breaks or other control characters, which would end a header."""
    return " ".join("".join(char if char.isprintable() else " " for char in words).split())


def checked(setting: str, address: str) -> str:
    """Validate the email address of a setting. Raises `SettingsError`."""
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise SettingsError(
            f"{setting} is {address!r}, which is not an email address. Write it like billing@portal.example"
            f"{' or Billing <billing@portal.example>' if setting == 'MAIL_FROM' else ''}."
        ) from error
    return found.ascii_email or found.normalized
