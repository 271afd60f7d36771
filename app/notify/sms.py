"""Text messages: through the operator's gateway, a webhook of its own that is documented in docs/operations.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from app.notify import gsm, webhooks
from app.notify.notes import Note
from app.notify.webhooks import Answer

TYPE = "sms.message"
_LEAST = 40
"""The fewest characters of a subject that say something."""
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


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
    """What a text message says, in two parts at most (`app.notify.gsm`): the subject, and where to go on unless there
    is no room for that."""
    link = f". {note.links[0][0]}: {note.links[0][1]}" if note.links else ""
    words = " ".join(gsm.plain(note.subject).split())
    for end in (link, ""):
        found = _cut(words, end)
        if found is not None:
            return found
    return ""


def _cut(words: str, end: str) -> str | None:
    """As much of the words as leaves room for the end; None if there is room for less than half of a short one."""
    if gsm.fits(words + end):
        return words + end
    for length in range(len(words) - 1, min(len(words), _LEAST) - 1, -1):
        found = f"{words[:length].rstrip()}...{end}"
        if gsm.fits(found):
            return found
    return None


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
