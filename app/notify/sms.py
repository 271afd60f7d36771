"""Text messages: through the operator's gateway, a webhook of its own that is documented in docs/operations.md."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.language import gettext
from app.notify import gsm, webhooks
from app.notify.composition import LONGEST_NAME
from app.notify.notes import Note
from app.notify.webhooks import Answer

TYPE = "sms.message"
_NAMES = (LONGEST_NAME, 24, 16, 10)
"""How long a name may be, from what says most to what takes least."""
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


def text_of(note_with: Callable[[int], Note]) -> str:
    """What a text message says, in two parts at most (`app.notify.gsm`): the subject, and where to go on unless there
    is no room for that. `note_with` composes it with names of so many characters at most.

    Where it is too long, names are cut; amounts never are.
    """
    notes = [note_with(longest) for longest in _NAMES]
    for text in (*map(_with_link, notes), *map(_without_link, notes)):
        if gsm.fits(text):
            return text
    words = _without_link(notes[-1])
    return next((found for end in (_link_of(notes[-1]), "") if (found := _cut(words, end)) is not None), "")


def _with_link(note: Note) -> str:
    return _without_link(note) + _link_of(note)


def _without_link(note: Note) -> str:
    return _plain(note.subject)


def _link_of(note: Note) -> str:
    if not note.links:
        return ""
    label, address = note.links[0]
    # Translators: after what a text message says: what to do, and the address of the page for it.
    return _plain(gettext(". %(action)s: %(address)s", action=label, address=address))


def _plain(words: str) -> str:
    return " ".join(gsm.plain(words).split())


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
