"""Names of organizations, campaigns, agents and people, and notes, in everything that leaves: they stay words.

Every text of every kind of email is made hostile, as it goes out by mail, to Slack, to Teams and to phones.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields, is_dataclass, replace
from typing import Any, get_type_hints

import pytest

from app.money import Money
from app.notify import chat, sms
from app.notify.composition import compose
from app.notify.emails import Email
from app.notify.mime import Sender, message
from app.notify.notes import compose_note
from tests.factories import at
from tests.notify.emails.samples import EMAILS, NAMES, READERS, kind_of

WORDS = (
    "<!channel> & <https://evil.example|pay> [pay](https://evil.example) <b>A</b> {{ 7*7 }} ${7*7}"
    "\r\nBcc: x@evil.example\r\n\r\n<script>\u2028Z\u0000\u202e\u2066\ufeff"
)
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")
OURS = {"path", "url", "address", "to", "per", "interval", "credit"}
"""Texts that only we write."""
SENDER = Sender.parse("billing@portal.example", reply_to="help@portal.example")
every_mail = pytest.mark.parametrize("email", EMAILS, ids=NAMES)
of_each_kind = pytest.mark.one_of_each(by=kind_of)


def hostile(found: Any, words: str = WORDS) -> Any:
    """The same facts with each text that someone else may choose made hostile, wherever it is."""
    if isinstance(found, str):
        return words
    if isinstance(found, list | tuple):
        return type(found)(hostile(one, words) for one in found)
    if isinstance(found, dict):
        return {f"{words}{number}": hostile(one, words) for number, one in enumerate(found.values())}
    if not is_dataclass(found) or isinstance(found, type | Money):
        return found
    hints, changed = get_type_hints(type(found)), {}
    for field in fields(found):
        value = getattr(found, field.name)
        is_text = hints[field.name] in {str, str | None}
        if (is_text and value and field.name not in OURS) or isinstance(value, list | tuple | dict):
            changed[field.name] = hostile(value, words)
    return replace(found, **changed)


@of_each_kind
@every_mail
def test_in_an_email_they_add_no_header_no_markup_and_turn_no_text_around(email: Email) -> None:
    written = compose(hostile(email), replace(READERS, organization=WORDS))
    assert written.subject.isprintable()
    for part in (written.text, written.html):
        assert not BIDI.search(part)
        assert "\u0000" not in part
    assert "<b>A" not in written.html and "<script" not in written.html and "<!channel" not in written.html
    assert 'href="https://evil' not in written.html
    made = message(written, sender=SENDER, to="a@x.example", thing="1", at=at("2026-11-24 09:30"))
    assert made["Bcc"] is None and len(made.get_all("Subject", [])) == 1
    head = made.as_bytes().partition(b"\r\n\r\n")[0]
    assert b"\r\nBcc:" not in head and b"\r\nContent-Type: multipart/alternative" in head


@of_each_kind
@every_mail
def test_in_a_chat_they_mention_no_one_and_lead_nowhere(email: Email) -> None:
    note = compose_note(hostile(email), replace(READERS, organization=WORDS))
    slack = chat.slack(note)
    assert "<!channel" not in slack and "<https://evil" not in slack
    ours = [
        one["text"]["text"]
        for one in json.loads(slack)["blocks"]
        if one.get("text", {}).get("type") == "mrkdwn"
    ]
    assert [one for one in ours if not one.startswith("<https://billing.example/")] == []
    card = json.loads(chat.teams(note))["attachments"][0]["content"]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert {run["type"] for block in card["body"] for run in block["inlines"]} == {"TextRun"}
    assert [one for one in card["actions"] if not one["url"].startswith("https://billing.example/")] == []
    for said in (slack, json.dumps(card, ensure_ascii=False)):
        assert not BIDI.search(json.dumps(json.loads(said), ensure_ascii=False))


@of_each_kind
@every_mail
def test_in_a_text_message_they_are_one_line_of_two_parts_at_most(email: Email) -> None:
    readers, facts = replace(READERS, organization=WORDS), hostile(email)
    text = sms.text_of(lambda longest: compose_note(facts, readers, longest_name=longest))
    assert text.isprintable() and len(text) <= 2 * 153
