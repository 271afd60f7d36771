"""The parts of a wallet's credit."""

from __future__ import annotations

import pytest

from app.billing.wallet import calling_state
from app.billing.wallet.calling_state import PauseReason
from app.billing.wallet.credit import Credit


@pytest.mark.parametrize(
    ("credit", "reason"),
    [
        (Credit(0), PauseReason.NO_CREDIT),
        (Credit(-5, set_aside=3), PauseReason.NO_CREDIT),
        (Credit(100, held=100), PauseReason.CREDIT_RESERVED),
        (Credit(100, set_aside=100), PauseReason.SET_ASIDE),
        (Credit(100, held=30, set_aside=70, set_aside_held=30), PauseReason.SET_ASIDE),
        (Credit(100, held=50, set_aside=50, set_aside_held=10), PauseReason.CREDIT_RESERVED),
        (Credit(100, held=30, set_aside=69, set_aside_held=30), None),
    ],
)
def test_the_reason_of_a_pause_says_what_ends_it(credit: Credit, reason: PauseReason | None) -> None:
    assert calling_state.reason_of(credit) is reason
