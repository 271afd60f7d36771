"""An email as it goes over the wire: text and HTML of the same words (multipart/alternative)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses

from email_validator import EmailNotValidError, validate_email

from config import SettingsError


@dataclass(frozen=True, slots=True)
class Written:
    """What an email says: its subject, and its words as plain text and as HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom mail comes from, and who answers replies to it."""

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


def message(written: Written, *, sender: Sender, to: str, thing: str, at: datetime) -> EmailMessage:
    """The mail to one recipient. `thing` names what it tells: the same thing has the same Message-ID.

    An email that is repeated because its sending was cut off can so be recognized (RFC 5322, section 3.6.4).
    `Auto-Submitted` keeps absence notes from answering it (RFC 3834).
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
    mail["Content-Language"] = "en"
    mail.set_content(written.text, cte="quoted-printable")
    mail.add_alternative(written.html, subtype="html", cte="quoted-printable")
    return mail


def one_line(words: str) -> str:
    """Words without line breaks or other control characters: a header ends where its line does."""
    return " ".join("".join(char if char.isprintable() else " " for char in words).split())


def checked(setting: str, address: str) -> str:
    """An address of a setting, as mail servers take it. Raises `SettingsError`."""
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise SettingsError(
            f"{setting} is {address!r}, which is not an email address. Write it like billing@portal.example"
            f"{' or Billing <billing@portal.example>' if setting == 'MAIL_FROM' else ''}."
        ) from error
    return found.ascii_email or found.normalized
