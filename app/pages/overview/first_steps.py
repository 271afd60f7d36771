"""What a new organization does first: a short list that ticks itself off, until its agents call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.billing.activity.history import HistoryEntry
from app.billing.plans import PlanView
from app.billing.wallet.balance import BalanceView
from app.models import TransferKind


class Step(StrEnum):
    """What there is to do, in this order."""

    CREDIT = "credit"
    DETAILS = "details"
    AUTO_TOP_UP = "auto_top_up"


@dataclass(frozen=True, slots=True)
class FirstStep:
    step: Step
    is_done: bool


def list_steps(
    plan: PlanView, balance: BalanceView, activity: Sequence[HistoryEntry]
) -> tuple[FirstStep, ...]:
    """The steps; none once all are done, or usage is among the newest movements. No statement."""
    if any(entry.kind is TransferKind.USAGE for entry in activity):
        return ()
    has_had_credit = balance.missing is None or balance.paused_since is not None
    found = (
        FirstStep(Step.CREDIT, has_had_credit),
        FirstStep(Step.DETAILS, plan.is_billed_known),
        FirstStep(Step.AUTO_TOP_UP, balance.auto_top_up is not None and balance.auto_top_up.is_on),
    )
    return () if all(one.is_done for one in found) else found
