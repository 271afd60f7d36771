"""Text messages: short, in plain characters, to numbers with a country."""

from __future__ import annotations

import pytest

from app.notify import sms
from app.notify.notes import Note, compose_note
from tests.factories import usd
from tests.notify.emails.samples import READERS
from tests.notify.test_notes import ALERT, replace


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+1 (617) 555-0123", "+16175550123"),
        ("+49.30.1234567", "+49301234567"),
        ("617 555 0123", None),
        ("+0 123 4567890", None),
        ("+1 617 555 01234567890", None),
        ("+1617555x123", None),
        ("", None),
    ],
)
def test_numbers(written: str, number: str | None) -> None:
    assert sms.number_of(written) == number


def test_a_text_says_it_all_in_plain_characters() -> None:
    note = compose_note(replace(ALERT, level="paused", available=usd("-3.5")), READERS)
    assert sms.text_of(note) == (
        "Harbor Dental: calling is paused, -$3.50 left. Top up: https://billing.example/billing/wallet?org=harbor-dental"
    )


def test_a_long_name_never_takes_the_link_away() -> None:
    text = sms.text_of(Note("n" * 900, links=[("Top up", "https://billing.example/billing/wallet")]))
    assert len(text) <= sms.LONGEST and text.endswith(
        "nnn.... Top up: https://billing.example/billing/wallet"
    )
