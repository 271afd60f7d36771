"""Why calls can't start and why a renewal wasn't paid, in words: of our pages, and of the shell's parts."""

from __future__ import annotations

from flask import Flask, url_for

from app.billing.limits import LimitStanding, labels
from app.billing.plans import PlanView
from app.billing.wallet.balance import BalanceView
from app.models import TransferKind
from app.web.formatting import moment, money


def init_app(app: Flask) -> None:
    """Give templates the reasons."""
    app.add_template_filter(why_paused)
    app.add_template_filter(why_unpaid)
    app.add_template_filter(stopped_title)
    app.add_template_filter(stopped_text)
    app.add_template_filter(stopped_action)


def why_paused(balance: BalanceView) -> str:
    """What used up the credit, as the beginning of a sentence."""
    if balance.paused_by is TransferKind.REFUND:
        return "A refund used up the remaining credit"
    if balance.paused_by is TransferKind.DISPUTE:
        return "A disputed payment was deducted from your credit"
    return "The balance fell below zero" if balance.is_negative else "Your credit ran out"


def stopped_title(limit: LimitStanding) -> str:
    """What a limit stops: `A limit stops Spring recall.`"""
    return f"A limit stops {labels.short_label(limit.subject, limit.name)}."


def stopped_text(limit: LimitStanding) -> str:
    """What counts toward it, and until when it stops them."""
    if not limit.amount.micro:
        nothing = f"{money(limit.amount)} {labels.PER[limit.kind]}"
        return f"Its limit is {nothing}, so no calls start until it's raised. Calls in progress finish."
    counts = f"{money(limit.counted)} of {money(limit.amount)} already counts {labels.THIS[limit.kind]}"
    until = f"New calls can start again on {moment(limit.window.end)}"
    if limit.limit_id is None:
        return f"{counts}, which is the most for any organization. {until}. Calls in progress finish."
    return f"{counts}. {until}, or once the limit is raised. Calls in progress finish."


def stopped_action(limit: LimitStanding) -> tuple[str, str]:
    """What leads on: to the limit, which can be raised, or to the destinations that are open."""
    if limit.limit_id is None:
        return "Review destinations", url_for("limits.show", _anchor="destinations")
    return "Review the limit", url_for("limits.show_limit", limit_id=limit.limit_id)


def why_unpaid(plan: PlanView) -> str:
    """What kept a renewal from being paid, as the beginning of a sentence."""
    return "There was no card to pay with" if plan.failure == "no_card" else "The card was declined"
