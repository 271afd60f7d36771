"""Why calling is paused and why a renewal wasn't paid, in words: of our pages, and of the shell's parts."""

from __future__ import annotations

from flask import Flask

from app.billing.plans import PlanView
from app.billing.wallet.balance import BalanceView
from app.models import TransferKind


def init_app(app: Flask) -> None:
    """Give templates the reasons."""
    app.add_template_filter(why_paused)
    app.add_template_filter(why_unpaid)


def why_paused(balance: BalanceView) -> str:
    """What used up the credit, as the beginning of a sentence."""
    if balance.paused_by is TransferKind.REFUND:
        return "A refund used up the remaining credit"
    if balance.paused_by is TransferKind.DISPUTE:
        return "A disputed payment was deducted from your credit"
    return "The balance fell below zero" if balance.is_negative else "Your credit ran out"


def why_unpaid(plan: PlanView) -> str:
    """What kept a renewal from being paid, as the beginning of a sentence."""
    return "There was no card to pay with" if plan.failure == "no_card" else "The card was declined"
