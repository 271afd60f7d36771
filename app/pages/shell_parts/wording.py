"""What the banner in the shell's pages says, and where its button leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for

from app.billing.plans import PlanView
from app.billing.wallet.balance import BalanceView
from app.billing.wallet.calling_state import PauseReason
from app.language import gettext, marked, translated
from app.models import CallingState
from app.pages.reasons import stopped_action, stopped_text, stopped_title, why_paused, why_unpaid
from app.web.formatting import day_long, money

_TOP_UP = marked("Top up")


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
            "no_credit",
            gettext("Add credit so your agents can call."),
            gettext("Add %(missing)s or more.", missing=missing),
            translated(_TOP_UP),
            top_up,
        )
    elif balance.reason is PauseReason.CREDIT_RESERVED:
        text = gettext(
            "New calls can start when one of them ends, or once you add %(missing)s or more.", missing=missing
        )
        yield Alert(
            "reserved",
            gettext("All your credit is reserved for calls in progress."),
            text,
            translated(_TOP_UP),
            top_up,
        )
    elif balance.reason is PauseReason.SET_ASIDE:
        text = gettext(
            "Calls for those campaigns continue. Others can start once you add %(missing)s or more.",
            missing=missing,
        )
        yield Alert(
            "set_aside",
            gettext("The rest of your credit is set aside for campaigns."),
            text,
            translated(_TOP_UP),
            top_up,
        )
    elif balance.state is CallingState.PAUSED:
        again = gettext("New calls can start again once you add %(missing)s or more.", missing=missing)
        text = f"{why_paused(balance)}. {again}"
        yield Alert("paused", gettext("Calling is paused."), text, translated(_TOP_UP), top_up)
    elif balance.is_outbound_paused:
        text = gettext(
            "The remaining %(available)s is kept for number rent and inbound calls.",
            available=money(balance.available),
        )
        yield Alert(
            "outbound_paused", gettext("Outbound calls are paused."), text, translated(_TOP_UP), top_up
        )
    elif balance.state is CallingState.LOW:
        text = gettext("You have %(left)s left.", left=money(balance.posted))
        yield Alert("low", gettext("Your credit is low."), text, translated(_TOP_UP), top_up)


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
        then = gettext("You're on %(plan)s until the renewal is paid.", plan=translated(plan.in_force.name))
    else:
        then = (
            gettext("Pay it by %(day)s to keep the plan.", day=day_long(plan.grace_ends_on))
            if plan.grace_ends_on
            else ""
        )
    fix = url_for("change_plan.show_renewal")
    yield Alert(
        "past_due",
        gettext("Your renewal wasn't paid."),
        f"{why_unpaid(plan)}. {then}".strip(),
        gettext("Fix payment"),
        fix,
    )
