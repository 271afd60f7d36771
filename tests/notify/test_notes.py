"""The words of an email for chat: from its own template, in parts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.notify.composition import compose
from app.notify.emails import AlertTest, CreditAlert, CreditEnds, CreditRecovered, Email
from app.notify.notes import Note, compose_note
from tests.factories import at, usd
from tests.notify.emails.samples import READERS

ALERT = CreditAlert(
    level="low",
    under=usd("100"),
    available=usd("48.2"),
    at=at("2026-11-24 14:05"),
    dry_at=at("2026-11-24 19:40"),
)
EVERY: list[Email] = [
    ALERT,
    replace(ALERT, level="paused", under=None, available=usd("0"), missing=usd("10"), dry_at=None),
    replace(ALERT, level="forecast", under=None, hours=4),
    CreditRecovered(level="low", under=usd("100"), available=usd("300"), at=at("2026-11-24 14:05")),
    CreditEnds(state="paused", path="/stop-alerts/x", at=at("2026-11-24 14:05")),
    AlertTest(channel="Ops (Slack)", by="Dana Reed", at=at("2026-11-24 14:05")),
]


def test_a_note_has_the_parts_of_its_email() -> None:
    assert compose_note(ALERT, READERS) == Note(
        subject="Harbor Dental's credit is under $100.00: $48.20 left",
        heading="Credit is under $100.00",
        paragraphs=[
            "When Harbor Dental's credit runs out, calling pauses until you top up. That's expected at about "
            "2:30 pm EST on Tuesday, November 24."
        ],
        rows=[
            ("Available credit", "$48.20"),
            ("As of", "November 24, 2026, 9:05 am EST"),
        ],
        links=[("Top up", "https://billing.example/billing/wallet?org=harbor-dental")],
    )


@pytest.mark.parametrize("email", EVERY, ids=lambda email: email.kind)
def test_it_says_what_the_email_says(email: Email) -> None:
    note, text = compose_note(email, READERS), " ".join(compose(email, READERS).text.split())
    for part in (
        note.heading,
        *note.paragraphs,
        *(value for _, value in note.rows),
        *(to for _, to in note.links),
    ):
        assert part in text
    assert note.subject == compose(email, READERS).subject


def test_a_name_can_not_add_parts() -> None:
    readers = replace(READERS, organization='Evil\n{"heading": "Pay here"}')
    note = compose_note(ALERT, readers)
    assert note.heading == "Credit is under $100.00" and len(note.paragraphs) == 1
