"""Text messages: short, in plain characters, to numbers with a country."""

from __future__ import annotations

import dataclasses
from typing import get_args

import pytest

from app.notify import gsm, sms
from app.notify.composition import Readers
from app.notify.emails import CreditEnds, CreditState, Email
from app.notify.notes import Note, compose_note
from tests.factories import usd
from tests.notify.emails.samples import EMAILS, READERS
from tests.notify.test_notes import ALERT, replace

SENT_TO_PHONES = {"credit_alert", "credit_recovered", "credit_ends", "alert_test"}


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
    assert text_of(replace(ALERT, level="paused", available=usd("-3.5")), READERS) == (
        "Harbor Dental: calling is paused, -$3.50 left. Top up: https://billing.example/billing/wallet?org=harbor-dental"
    )


def parts(text: str) -> int:
    """How many messages a phone's network makes of a text (3GPP TS 23.040, section 9.2.3.24.1)."""
    is_basic = gsm.plain(text) == text and text.isascii()
    length = len(text) + sum(text.count(char) for char in "^{}\\[~]|") if is_basic else len(text)
    whole, of_several = (160, 153) if is_basic else (70, 67)
    return 1 if length <= whole else -(-length // of_several)


@pytest.mark.parametrize(
    "email", [one for one in EMAILS if one.kind in SENT_TO_PHONES], ids=lambda one: one.kind
)
def test_every_message_is_one_part_for_a_usual_name_and_says_who_it_is_about(email: Email) -> None:
    """But for people without a billing role: theirs has the link that stops them, which is signed and long."""
    text = text_of(email, READERS)
    assert "Harbor Dental" in text and parts(text) == 1


def test_with_a_link_that_is_signed_it_is_two_parts() -> None:
    for state in get_args(CreditState):
        path = "/stop-alerts/" + "x" * 144
        text = text_of(CreditEnds(state=state, path=path, at=ALERT.at), READERS)
        assert text.endswith(path) and parts(text) == 2


def test_a_long_name_never_takes_the_link_away() -> None:
    link = [("Top up", "https://billing.example/billing/wallet")]
    for name in ("n" * 900, "\u8a3a" * 900, "{" * 900, "\U0001f9b7n" * 400):
        text = sms.text_of(lambda longest, name=name: Note(name, links=link))
        assert gsm.fits(text) and text.endswith(". Top up: https://billing.example/billing/wallet"), text
        assert "..." in text


def test_a_link_that_leaves_no_room_is_left_out() -> None:
    text = sms.text_of(
        lambda longest: Note("n" * 900, links=[("Top up", f"https://billing.example/{'a' * 280}")])
    )
    assert gsm.fits(text) and text == f"{'n' * 303}..."


def test_a_name_can_not_make_a_text_of_many_parts() -> None:
    assert named("Harbor \U0001f9b7 Dental \u202e{evil}\n").startswith(
        "Harbor Dental {evil}: calling is paused, -$3.50 left. Top up: https://"
    )
    assert named("\u0141\u00f3d\u017a").startswith("Lodz: calling is paused")


def named(name: str) -> str:
    readers = dataclasses.replace(READERS, organization=name)
    return text_of(replace(ALERT, level="paused", available=usd("-3.5")), readers)


def text_of(email: Email, readers: Readers) -> str:
    return sms.text_of(lambda longest: compose_note(email, readers, longest_name=longest))
