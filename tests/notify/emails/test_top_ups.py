"""What emails about top-ups say."""

from __future__ import annotations

import pytest

from app.notify.composition import compose
from app.notify.emails import Calling, Charged, DisputeOpened, Refunded
from tests.factories import at, usd
from tests.notify.emails.reading import words
from tests.notify.emails.samples import READERS
from tests.notify.emails.samples.top_ups import ABOUT, ID

TOP_UP = f"https://billing.example/billing/wallet/top-ups/{ID}"


def test_a_charge_leads_to_its_receipt_here_and_never_to_one_that_expires() -> None:
    assert f"{TOP_UP}/receipt?org=harbor-dental" in words(Charged(**ABOUT))
    assert "stripe" not in compose(Charged(**ABOUT), READERS).html


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("active", "active", "Calling is active."),
        ("paused", "active", "Calling has resumed"),
        ("paused", "low", "Calling has resumed"),
        ("low", "low", "below your low-balance alert"),
        ("active", "paused", "Calling is now paused"),
        ("paused", "paused", "Calling is still paused"),
    ],
)
def test_what_it_means_for_calling_is_said(before: str, after: str, says: str) -> None:
    missing = usd("25") if after == "paused" else None
    calling = Calling(available=usd("-3"), before=before, after=after, missing=missing)
    said = words(Refunded(**(ABOUT | {"calling": calling}), paid=usd("100")))
    assert says in said
    assert ("Top up $25.00 or more to resume calling." in said) == (after == "paused")
    assert "\u2212$3.00" in said


def test_a_dispute_says_until_when_the_bank_takes_an_answer() -> None:
    said = words(DisputeOpened(**ABOUT, paid=usd("50"), answer_by=at("2026-12-08 23:59")))
    assert "reply to this email before the time below" in said
    assert "Respond by: December 8, 2026, 6:59 pm EST" in said
    assert "before" not in words(DisputeOpened(**ABOUT, paid=usd("50")))
