"""Why a plan can't be changed as it was asked for: one base class, so that a page catches one error."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from app.models import PlanSwitch


class Refusal(StrEnum):
    """What stands in the way of a change of plan."""

    ALREADY_ON_IT = "already_on_it"  # it is the plan they have, with nothing scheduled
    ARRANGED = "arranged"  # support arranged the plan otherwise
    SOLD_ELSEWHERE = "sold_elsewhere"  # it was not bought through Stripe
    NO_ADDRESS = "no_address"  # tax depends on an address, which is missing
    NOT_OFFERED = "not_offered"
    OTHER_OPEN = "other_open"  # another switch waits for its payment
    PAST_DUE = "past_due"  # a renewal is to be paid first
    REVIEW_AGAIN = "review_again"  # it costs something else than what was shown


class ChangeRefusedError(Exception):
    """A change of plan is not begun, or not made, and nothing was charged.

    `switch` is the one to look at where there is one: the other that is open, or this one with its new costs.
    """

    refusal: ClassVar[Refusal]
    switch: PlanSwitch | None = None
