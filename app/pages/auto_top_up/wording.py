"""What people read about auto top-up: what they agree to, when the next charge comes, and why none does."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from app.billing.auto_top_ups.before_charging import DAILY_LIMIT, MONTHLY_CAP
from app.billing.auto_top_ups.overview import Attempt, NextCharge, State
from app.billing.brake import checking
from app.billing.wallet.balance import BalanceView
from app.models import AttemptOutcome, OffReason
from app.money import Money
from app.payments import declines
from app.web.formatting import moment, money, month

CONSENT = (
    "I authorize Voice Portal to charge the cards chosen here, in this order and without asking me each time, "
    "whenever available credit falls below the amount chosen here. Each charge is the amount that brings it back to "
    "the refill amount, and charges in a calendar month add up to at most the monthly limit. I can turn this off "
    "here at any time."
)
"""Stored with each consent, so a change of these words changes none that was given."""

_REFUSALS = {
    MONTHLY_CAP: "The monthly limit is used up.",
    DAILY_LIMIT: "The daily top-up limit is used up.",
    checking.STOPPED: "More was spent within an hour than usual, and no owner has answered yet.",
    checking.PER_HOUR: "Your cards were charged as many times as allowed within an hour.",
    checking.PER_DAY: "Your cards were charged as many times as allowed within 24 hours.",
}
"""Why a charge that is due isn't made, by the reason."""

OFF = {
    OffReason.OWNER: "An owner turned it off.",
    OffReason.FAILURES: "It was turned off because three tries in a row failed.",
    OffReason.DISPUTE: "It was turned off because a cardholder disputed an automatic charge.",
}

_OUTCOMES = {
    AttemptOutcome.PAID: "Paid",
    AttemptOutcome.FINAL: "Declined",
    AttemptOutcome.CONFIRMATION: "Bank requires confirmation",
    AttemptOutcome.DECLINED: "Declined",
    AttemptOutcome.NOT_TRIED: "Not sent",
}


def init_app(app: Flask) -> None:
    """Give templates the filter `auto_top_up_state`: how it stands in short, of a balance."""
    app.add_template_filter(summarize, "auto_top_up_state")


def summarize(balance: BalanceView) -> str:
    """How it stands, in short: off, on, about to charge, or why it doesn't. Without a query of its own."""
    settings, currency = balance.auto_top_up, balance.posted.currency
    if settings is None or not settings.is_on:
        why = OFF[settings.off_reason] if settings and settings.off_reason else ""
        return f"Off. {why} No card is charged automatically.".replace("  ", " ")
    if balance.stop is not None:
        return f"On, but no card is charged now. {refusal(checking.STOPPED)}"
    if settings.refused_for:
        why = _said_of_refusal(settings.refused_for, settings.next_try_at)
        return f"On, but no card is charged now. {why}"
    if settings.failures:
        again = f" We'll try again on {moment(settings.next_try_at)}." if settings.next_try_at else ""
        return f"On, but the last try failed, and nothing was charged.{again}"
    threshold, target = Money(settings.threshold_micro, currency), Money(settings.target_micro, currency)
    if balance.available < threshold:
        return (
            f"On: credit is below {money(threshold)}, so a card is charged now to refill to {money(target)}."
        )
    return f"On: below {money(threshold)}, a card is charged to refill to {money(target)}."


def _said_of_refusal(reason: str, until: datetime | None) -> str:
    possible = f" The next charge is possible on {moment(until)}." if until else ""
    return f"{refusal(reason)}{possible}"


def refusal(reason: str) -> str:
    """Why a charge that is due isn't made."""
    return _REFUSALS.get(reason, "Automatic charges are stopped.")


def next_charge(state: State, following: NextCharge) -> str:
    """When the next charge comes, and how much it is at most: one sentence, and another while it can't come."""
    if following.card is None:
        return "None of the chosen cards can be charged. Choose another below."
    fallen = f"When your available credit falls below {money(state.threshold)}"
    if following.is_below:
        fallen = f"Your available credit is below {money(state.threshold)}"
    charge = (
        f"{fallen}, we charge {following.card.label} the amount that brings it back to {money(state.target)}"
    )
    most = [
        f"at most {money(following.left)}{' more' if state.used.micro else ''} in {month(following.month)}"
    ]
    if following.at_a_time < following.left:
        most.insert(0, f"at most {money(following.at_a_time)} at a time")
    said = f"{charge}: about {money(following.usual)}, {' and '.join(most)}."
    if following.refused_for:
        return f"No card is charged now. {_said_of_refusal(following.refused_for, following.next_try_at)}"
    return said


def outcome(attempt: Attempt) -> str:
    """What came of charging a card, with the bank's reason as people may read it."""
    if attempt.outcome is None:
        return "In progress"
    if attempt.outcome is AttemptOutcome.DECLINED or attempt.outcome is AttemptOutcome.FINAL:
        return f"{_OUTCOMES[attempt.outcome]}. {declines.advice_for(attempt.code).message}"
    return _OUTCOMES[attempt.outcome]
