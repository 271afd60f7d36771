"""Every kind of email in another language: nothing but data, amounts, dates and names stays as it is.

The pseudo-language changes vowels and some consonants of each message, so that a word of plain letters is none of a
message's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest

from app.language import speaking
from app.notify import formats, gsm, sms
from app.notify.composition import compose
from app.notify.emails import CreditAlert, CreditRecovered, Email
from app.notify.mime import COLUMNS, Sender, flowed, message
from app.notify.notes import Note, compose_note
from tests.factories import at
from tests.notify.emails.samples import EMAILS, NAMES, READERS, kind_of
from tests.notify.test_sms import SENT_TO_PHONES
from tests.support.pseudo import LEFT_TO_RIGHT, RIGHT_TO_LEFT, speaking_pseudo

DUTCH = replace(READERS, locale=LEFT_TO_RIGHT)
SENDER = Sender.parse("billing@portal.example", reply_to="help@portal.example")
PEOPLE_GAVE = """
    Harbor Dental, Voice Portal, help@portal.example, dana@harbor.example, ben@harbor.example, ap@harbor.example,
    cfo@harbor.example, books@harbor.example, ava@new.example, engine, Dana Reed, Acme, Laptop, Ops, Slack, Ava,
    Visa, Mastercard, Chrome, Windows, Recall patients, Recall, Spring <recall>, Spring recall <b>, Friday's recall,
    Launch <offer>, Sorry, HD-0007, VAT, US, Growth plan, November 2026, Scale plan, December 2026
"""
CALENDAR = """
    en, januari, november, december, nov, dec, jan, dinsdag, donderdag, EST, Duitsland
"""
KNOWN = set(re.findall(r"[A-Za-z]{2,}", PEOPLE_GAVE + CALENDAR))


@pytest.fixture(autouse=True)
def pseudo() -> Iterator[None]:
    with speaking_pseudo():
        yield


def untranslated(text: str) -> set[str]:
    """Words of plain letters that are neither names nor dates."""
    without_links = re.sub(r"https?://\S+|mailto:\S+", " ", text)
    return set(re.findall(r"(?<![^\W\d_])[A-Za-z]{2,}(?![^\W\d_])", without_links)) - KNOWN - {"x" * 57}


def unmarked(text: str) -> str:
    """What is outside of messages."""
    before = ""
    while text != before:
        before, text = text, re.sub(r"«[^«»]*»", " ", text)
    return text


def texts_of(html: str) -> str:
    body = re.sub(r"<style>.*?</style>", " ", html, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", "\n", body))


def words_of(note: Note) -> list[str]:
    rows = [part for row in note.rows for part in row]
    return [note.subject, note.heading, *note.paragraphs, *rows, *(label for label, _ in note.links)]


@pytest.mark.one_of_each(by=kind_of)
@pytest.mark.parametrize("email", EMAILS, ids=NAMES)
class TestEveryMail:
    def test_every_text_is_a_message(self, email: Email) -> None:
        written = compose(email, DUTCH)
        assert written.subject.startswith("«") and written.subject.endswith("»"), "it is one message"
        for part in (written.subject, written.text, texts_of(written.html)):
            assert untranslated(part) == set()

    def test_outside_of_messages_are_only_values(self, email: Email) -> None:
        for part in (compose(email, DUTCH).text, texts_of(compose(email, DUTCH).html)):
            assert untranslated(unmarked(part)) == set()

    def test_in_a_chat_it_is_so_too(self, email: Email) -> None:
        note = compose_note(email, DUTCH)
        assert [untranslated(words) for words in words_of(note) if untranslated(words)] == []
        assert note.subject == compose(email, DUTCH).subject

    def test_it_says_which_language_it_is_in_and_from_which_side_it_is_read(self, email: Email) -> None:
        assert '<html lang="nl-NL" dir="ltr">' in compose(email, DUTCH).html
        hebrew = compose(email, replace(READERS, locale=RIGHT_TO_LEFT))
        assert '<html lang="he-IL" dir="rtl">' in hebrew.html
        made = message(hebrew, sender=SENDER, to="a@x.example", thing="1", at=at("2026-11-24 09:30"))
        assert made["Content-Language"] == "he-IL"

    def test_its_lines_stay_as_wide(self, email: Email) -> None:
        lines = flowed(compose(email, DUTCH).text).splitlines()
        assert [line for line in lines if len(line) > COLUMNS + 1 and " " in line.strip()] == []

    def test_who_reads_english_nearby_gets_english(self, email: Email) -> None:
        with speaking(LEFT_TO_RIGHT):
            assert "«" not in compose(email, READERS).text


@pytest.mark.parametrize(
    "name", ["Harbor Dental", "Longname" * 20, "診所" * 40, "{}" * 40, "Zahnärzte am Hafen 🦷"]
)
@pytest.mark.parametrize(
    "email", [one for one in EMAILS if one.kind in SENT_TO_PHONES], ids=lambda one: one.kind
)
def test_in_a_text_message_names_are_cut_and_amounts_are_not(email: Email, name: str) -> None:
    readers = replace(DUTCH, organization=name)
    with speaking(LEFT_TO_RIGHT):
        text = sms.text_of(lambda longest: compose_note(email, readers, longest_name=longest))
        assert gsm.fits(text)
        assert text.count('"') % 2 == 0, "no message is cut"
        if isinstance(email, CreditAlert | CreditRecovered):
            assert gsm.plain(formats.money(email.available)) in text
