"""An email's words for chat and SMS: from the same template, so that they can't diverge."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from app.notify.composition import LONGEST_NAME, Readers, render
from app.notify.emails import Email
from app.notify.mime import one_line


@dataclass(slots=True)
class Note:
    """What a message says: `subject` says it all in one line; rows and links are pairs of words."""

    subject: str
    heading: str = ""
    paragraphs: list[str] = field(default_factory=list)
    rows: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)


def compose_note(email: Email, readers: Readers, *, longest_name: int = LONGEST_NAME) -> Note:
    """What an email says, in its parts. Names in its subject have at most `longest_name` characters."""
    subject, body = render("note", email, readers, longest_name=longest_name)
    note = Note(one_line(subject))
    for line in filter(str.strip, body.splitlines()):
        [(part, words)] = json.loads(line).items()
        if part == "heading":
            note.heading = one_line(words)
        elif part == "paragraph":
            note.paragraphs.append(one_line(words))
        elif part == "row":
            note.rows.append((one_line(words[0]), one_line(words[1])))
        else:
            note.links.append((one_line(words[0]), words[1]))
    return note
