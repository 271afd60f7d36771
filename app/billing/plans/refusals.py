"""Why a plan can't be changed as requested: one base class, so that pages catch one error."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from app.models import PlanSwitch


class Refusal(StrEnum):
    """Why a change of plan is not possible."""

    ALREADY_ON_IT = "already_on_it"  # it is the current plan, with nothing scheduled
    ARRANGED = "arranged"  # support made a custom arrangement
    SOLD_ELSEWHERE = "sold_elsewhere"  # it was not bought through Stripe
    NO_ADDRESS = "no_address"  # tax depends on an address, which is missing
    NOT_OFFERED = "not_offered"
    OTHER_OPEN = "other_open"  # another switch waits for its payment
    PAST_DUE = "past_due"  # a renewal has to be paid first
    REVIEW_AGAIN = "review_again"  # the cost has changed since it was shown


class ChangeRefusedError(Exception):
    """A change of plan was refused, and nothing was charged.

    `switch` is the one to show, if any: the other open one, or this one with its new cost.
    """

    refusal: ClassVar[Refusal]
    switch: PlanSwitch | None = None
