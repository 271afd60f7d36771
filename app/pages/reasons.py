"""Why calls can't start and why a renewal wasn't paid, in words: of our pages, and of the shell's parts."""

from __future__ import annotations

from flask import Flask, url_for

from app.billing.limits import LimitStanding, labels
from app.billing.plans import PlanView
from app.billing.wallet.balance import BalanceView
from app.language import gettext, marked, translated
from app.models import LimitWindow, TransferKind
from app.web.formatting import moment, money

_NOTHING = {
    LimitWindow.HOUR: marked("Its limit is %(limit)s an hour, so no calls start until it's raised."),
    LimitWindow.DAY: marked("Its limit is %(limit)s a day, so no calls start until it's raised."),
    LimitWindow.WEEK: marked("Its limit is %(limit)s a week, so no calls start until it's raised."),
    LimitWindow.MONTH: marked("Its limit is %(limit)s a month, so no calls start until it's raised."),
}
_COUNTS = {
    LimitWindow.HOUR: marked("%(counted)s of %(limit)s already counts this hour."),
    LimitWindow.DAY: marked("%(counted)s of %(limit)s already counts today."),
    LimitWindow.WEEK: marked("%(counted)s of %(limit)s already counts this week."),
    LimitWindow.MONTH: marked("%(counted)s of %(limit)s already counts this month."),
}
_COUNTS_FOR_ANY = {
    LimitWindow.HOUR: marked(
        "%(counted)s of %(limit)s already counts this hour, which is the most for any organization."
    ),
    LimitWindow.DAY: marked(
        "%(counted)s of %(limit)s already counts today, which is the most for any organization."
    ),
    LimitWindow.WEEK: marked(
        "%(counted)s of %(limit)s already counts this week, which is the most for any organization."
    ),
    LimitWindow.MONTH: marked(
        "%(counted)s of %(limit)s already counts this month, which is the most for any organization."
    ),
}
"""Of the limits that every organization has for some destinations."""


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
        return gettext("A refund used up the remaining credit")
    if balance.paused_by is TransferKind.DISPUTE:
        return gettext("A disputed payment was deducted from your credit")
    return gettext("The balance fell below zero") if balance.is_negative else gettext("Your credit ran out")


def stopped_title(limit: LimitStanding) -> str:
    """What a limit stops: `A limit stops Spring recall.`"""
    return gettext("A limit stops %(what)s.", what=labels.short_label(limit.subject, limit.name))


def stopped_text(limit: LimitStanding) -> str:
    """What counts toward it, and until when it stops them."""
    finish = gettext("Calls in progress finish.")
    if not limit.amount.micro:
        return f"{translated(_NOTHING[limit.kind]) % {'limit': money(limit.amount)}} {finish}"
    counted, until = {"counted": money(limit.counted), "limit": money(limit.amount)}, moment(limit.window.end)
    if limit.limit_id is None:
        counts = translated(_COUNTS_FOR_ANY[limit.kind]) % counted
        again = gettext("New calls can start again on %(time)s.", time=until)
    else:
        counts = translated(_COUNTS[limit.kind]) % counted
        again = gettext("New calls can start again on %(time)s, or once the limit is raised.", time=until)
    return f"{counts} {again} {finish}"


def stopped_action(limit: LimitStanding) -> tuple[str, str]:
    """What leads on: to the limit, which can be raised, or to the destinations that are open."""
    if limit.limit_id is None:
        return gettext("Review destinations"), url_for("limits.show", _anchor="destinations")
    return gettext("Review the limit"), url_for("limits.show_limit", limit_id=limit.limit_id)


def why_unpaid(plan: PlanView) -> str:
    """What kept a renewal from being paid, as the beginning of a sentence."""
    if plan.failure == "no_card":
        return gettext("There was no card to pay with")
    return gettext("The card was declined")
