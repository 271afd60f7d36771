"""What lines say in detail: always stored in English, and read in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from app.billing.wallet import line_details
from app.language import messages, speaking
from app.models import PaymentMethod
from tests.support.pseudo import LEFT_TO_RIGHT, PseudoMessages, pseudo

VISA = PaymentMethod(brand="visa", last4="4242")
STORED = [
    VISA.label,
    line_details.of_refund(VISA),
    line_details.of_correction("Outbound calls", date(2026, 11, 3), "call_7"),
    line_details.of_correction("Outbound calls", date(2026, 11, 3), None),
    line_details.PAYMENT_UPHELD,
    line_details.DECIDED_FOR_CARDHOLDER,
    line_details.DISPUTED,
    line_details.REFUND_FAILED,
    line_details.REFUND_CANCELED,
]


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Someone who reads the pseudo-language is looking."""
    before = messages.catalog_of
    monkeypatch.setattr(
        messages, "catalog_of", lambda language: PseudoMessages() if language == "nl" else before(language)
    )
    with speaking(LEFT_TO_RIGHT):
        yield


def test_details_are_stored_in_english_for_every_reader(elsewhere: None) -> None:
    assert line_details.of_refund(VISA) == "Refunded to Visa ending in 4242"
    assert (
        line_details.of_correction("Outbound calls", date(2026, 11, 3), "call_7")
        == "Outbound calls on Nov 3, 2026, call call_7, corrected"
    )


@pytest.mark.parametrize("stored", STORED)
def test_in_english_they_are_read_as_they_are_stored(stored: str) -> None:
    assert line_details.to_read(stored) == stored


@pytest.mark.parametrize("stored", STORED)
def test_each_is_read_in_the_reader_s_language(stored: str, elsewhere: None) -> None:
    said = line_details.to_read(stored)
    assert said.startswith("«") and said.endswith("»")
    assert "Refunded" not in said and "ending" not in said and "corrected" not in said


@pytest.mark.parametrize(
    ("stored", "has"),
    [
        ("Refunded to Visa ending in 4242", "4242"),
        ("Outbound calls on Nov 3, 2026, call call_7, corrected", "3 nov 2026"),
        ("Outbound calls on Nov 3, 2026, call call_7, corrected", "call_7"),
        ("Outbound calls on Nov 3, 2026, corrected", pseudo("Outbound calls")),
    ],
)
def test_values_are_written_as_the_reader_writes_them(stored: str, has: str, elsewhere: None) -> None:
    assert has in line_details.to_read(stored)


@pytest.mark.parametrize("note", ["", "Calls on Abc 99, 2026, corrected"])
def test_what_is_not_known_is_read_as_a_name(note: str, elsewhere: None) -> None:
    assert line_details.to_read(note) == (pseudo(note) if note else "")
