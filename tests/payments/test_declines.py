"""Declines in plain words: what happened, what to do next, and nothing that gives a thief a hint."""

from __future__ import annotations

import pytest

from app.payments.declines import advice_for


@pytest.mark.parametrize(
    ("code", "happened", "next_step", "same_card"),
    [
        ("insufficient_funds", "insufficient funds", "smaller amount", False),
        ("expired_card", "has expired", "another card", False),
        ("incorrect_cvc", "security code (CVC)", "Add the card again", False),
        ("invalid_cvc", "security code (CVC)", "Add the card again", False),
        ("incorrect_number", "number is wrong", "Add the card again", False),
        ("card_not_supported", "doesn't support", "another card", False),
        ("currency_not_supported", "currency", "another card", False),
        ("card_velocity_exceeded", "over its limit", "smaller amount", False),
        ("processing_error", "technical problem", "Try again", True),
        ("issuer_not_available", "couldn't be reached", "Try again", True),
        ("authentication_required", "extra check", "confirm it when asked", True),
        ("payment_intent_authentication_failure", "wasn't confirmed", "confirm it when asked", True),
        ("resource_missing", "was removed", "add it again", False),
        ("not_charged", "was canceled", "Try again", True),
        ("generic_decline", "without giving a reason", "ask your bank", False),
    ],
)
def test_a_decline_says_what_happened_and_what_to_do(
    code: str, happened: str, next_step: str, same_card: bool
) -> None:
    advice = advice_for(code)
    assert happened in advice.message
    assert next_step in advice.next_step
    assert advice.same_card is same_card


@pytest.mark.parametrize(
    "code", ["lost_card", "stolen_card", "fraudulent", "pickup_card", "new_code", "", None]
)
def test_a_lost_or_stolen_card_and_a_code_that_no_one_knows_read_like_a_plain_decline(
    code: str | None,
) -> None:
    assert advice_for(code) == advice_for("generic_decline")
