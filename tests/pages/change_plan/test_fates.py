"""What a smaller plan takes away, in sentences of their own for each kind: no one finds out afterwards."""

from __future__ import annotations

import pytest

from app.billing.plans.losses import TooMany
from app.pages.change_plan.fates import fates


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (
            TooMany("agents", 3, 1, "", names=("Noah", "Mia"), within=("Ava",)),
            ["These 2 agents will be switched off: Noah, Mia.", "Ava stays on."],
        ),
        (
            TooMany("agents", 2, 1, "", names=("Noah",), within=("Ava",)),
            ["This agent will be switched off: Noah.", "Ava stays on."],
        ),
        (
            TooMany("campaigns", 3, 2, "", names=("Spring",), within=("Fall", "Winter")),
            ["This campaign will be paused: Spring.", "Fall and Winter stay active."],
        ),
        (
            TooMany("phone_numbers", 5, 3, "", names=("+1",), within=("+2", "+3", "+4")),
            ["2 numbers will stop taking calls, including +1.", "The 3 oldest stay active."],
        ),
        (
            TooMany("phone_numbers", 2, 1, ""),
            ["1 number will stop taking calls.", "The oldest stays active."],
        ),
        (TooMany("agents", 2, 0, ""), ["2 agents will be switched off."]),
        (TooMany("concurrent_calls", 9, 2, ""), []),
    ],
)
def test_what_goes_is_named_and_so_is_what_stays(one: TooMany, said: list[str]) -> None:
    assert list(fates(one)) == said


def test_of_many_names_twenty_are_listed() -> None:
    names = tuple(f"A{at}" for at in range(25))
    (said,) = fates(TooMany("agents", 25, 0, "", names=names))
    assert said.endswith("A18, A19 and 5 more.")
