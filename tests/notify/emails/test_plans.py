"""What emails about cards say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.notify.emails import CardExpiring
from tests.notify.emails.reading import words
from tests.notify.emails.samples.plans import CARD


@pytest.mark.parametrize(
    ("email", "says"),
    [
        (replace(CARD, plan="Growth"), "Your Growth plan is charged to this card"),
        (CARD, "It's your default card"),
        (replace(CARD, is_default=False), "It isn't your default card"),
        (replace(CARD, days_left=1), "tomorrow"),
        (replace(CARD, days_left=0), "today"),
    ],
)
def test_a_card_about_to_expire_says_what_depends_on_it(email: CardExpiring, says: str) -> None:
    assert says in words(email)
    assert "https://billing.example/billing/payment-methods" in words(email)
