"""What the banner in the shell's pages says, and where its button leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for

from app.billing.plans import PlanView
from app.billing.wallet.balance import BalanceView
from app.billing.wallet.calling_state import PauseReason
from app.models import CallingState
from app.pages.reasons import stopped_action, stopped_text, stopped_title, why_paused, why_unpaid
from app.web.formatting import day_long, money

_TOP_UP = "Top up"


@dataclass(frozen=True, slots=True)
class Alert:
    """`title` has no figures: it is announced when it appears, and stays the same while figures in `text` change."""

    kind: str
    title: str
    text: str
    action: str
    path: str


def credit_alerts(balance: BalanceView) -> Iterator[Alert]:
    """What is wrong with the credit, if anything: at most one thing."""
    top_up = url_for("wallet.show", _anchor="top-up")
    missing = money(balance.missing) if balance.missing else ""
    if balance.state is CallingState.PAUSED and not balance.paused_since:
        yield Alert(
            "no_credit", "Add credit so your agents can call.", f"Add {missing} or more.", _TOP_UP, top_up
        )
    elif balance.reason is PauseReason.CREDIT_RESERVED:
        text = f"New calls can start when one of them ends, or once you add {missing} or more."
        yield Alert("reserved", "All your credit is reserved for calls in progress.", text, _TOP_UP, top_up)
    elif balance.reason is PauseReason.SET_ASIDE:
        text = f"Calls for those campaigns continue. Others can start once you add {missing} or more."
        yield Alert("set_aside", "The rest of your credit is set aside for campaigns.", text, _TOP_UP, top_up)
    elif balance.state is CallingState.PAUSED:
        text = f"{why_paused(balance)}. New calls can start again once you add {missing} or more."
        yield Alert("paused", "Calling is paused.", text, _TOP_UP, top_up)
    elif balance.is_outbound_paused:
        text = f"The remaining {money(balance.available)} is kept for number rent and inbound calls."
        yield Alert("outbound_paused", "Outbound calls are paused.", text, _TOP_UP, top_up)
    elif balance.state is CallingState.LOW:
        text = f"You have {money(balance.posted)} left."
        yield Alert("low", "Your credit is low.", text, _TOP_UP, top_up)


def limit_alerts(balance: BalanceView) -> Iterator[Alert]:
    """The limit on spend or the ceiling that stops calls, unless calling is paused anyway."""
    limit = balance.stopped_by
    if limit is None or balance.state is CallingState.PAUSED:
        return
    yield Alert("limit", stopped_title(limit), stopped_text(limit), *stopped_action(limit))


def plan_alerts(plan: PlanView) -> Iterator[Alert]:
    """Whether a renewal is past due."""
    if not plan.is_past_due:
        return
    if plan.is_suspended:
        then = f"You're on {plan.in_force.name} until the renewal is paid."
    else:
        then = f"Pay it by {day_long(plan.grace_ends_on)} to keep the plan." if plan.grace_ends_on else ""
    fix = url_for("change_plan.show_renewal")
    yield Alert(
        "past_due", "Your renewal wasn't paid.", f"{why_unpaid(plan)}. {then}".strip(), "Fix payment", fix
    )
