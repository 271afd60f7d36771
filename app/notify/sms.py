"""Text messages: through the operator's gateway, a webhook of its own that is documented in docs/operations.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from app.notify import webhooks
from app.notify.notes import Note
from app.notify.webhooks import Answer

TYPE = "sms.message"
LONGEST = 306
"""Two messages' worth of the alphabet of GSM (3GPP TS 23.038): 153 characters each."""

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_PLAIN = {
    0x2212: "-",
    0x2019: "'",
    0x2018: "'",
    0x201C: '"',
    0x201D: '"',
    0x2026: "...",
    0xA0: " ",
    0x202F: " ",
}


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where text messages are sent, and the secrets that sign them, newest first."""

    url: str
    secrets: tuple[str, ...]


def number_of(written: str) -> str | None:
    """A phone number with its country, as E.164 has it (`+16175550123`); None if it isn't one."""
    plain = re.sub(r"[\s().\-/]", "", written)
    return plain if _NUMBER.fullmatch(plain) else None


def text_of(note: Note) -> str:
    """What a text message says: the subject, in characters that most messages of it have, and where to go on."""
    link = f". {note.links[0][0]}: {note.links[0][1]}" if note.links else ""
    words = note.subject.translate(_PLAIN)
    room = LONGEST - len(link)
    return (words if len(words) <= room else f"{words[: room - 3].rstrip()}...") + link


def send(
    gateway: Gateway,
    *,
    to: str,
    text: str,
    message_id: str,
    at: datetime,
    allow_private: bool,
    ports: tuple[int, ...],
    seconds: float = webhooks.DEADLINE_SECONDS,
) -> Answer:
    """Hand one text message to the gateway."""
    return webhooks.send(
        gateway.url,
        gateway.secrets,
        message_id=message_id,
        type_=TYPE,
        data={"to": to, "text": text},
        at=at,
        allow_private=allow_private,
        ports=ports,
        seconds=seconds,
    )
