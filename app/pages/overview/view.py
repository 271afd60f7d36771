"""What the overview shows, gathered in five statements, however much there is."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from app.billing import catalog, coming_up, forecast, invoices, plans
from app.billing.activity import history
from app.billing.activity.history import HistoryEntry
from app.billing.coming_up import ComingEntry
from app.billing.invoices import InvoiceView
from app.billing.plans import PlanView
from app.billing.wallet import balance
from app.billing.wallet.balance import BalanceView
from app.models import Organization
from app.pages.overview import first_steps, plan_card, sections, usage_query, usage_view
from app.pages.overview.first_steps import FirstStep
from app.pages.overview.plan_card import PlanCard
from app.pages.overview.usage_view import UsageView
from app.pages.wallet import presets
from app.pages.wallet.presets import Preset

NEWEST_LINES = 8
NEWEST_INVOICES = 5
_WORTH = 3
"""The amount that is offered beside `Top up` is the smallest that lasts so many days."""


@dataclass(frozen=True, slots=True)
class Live:
    """The part that is updated while the page is open. What can't be read is None, and the rest is there.

    `waiting` are top-ups that wait for their payment. `shortcut` is an amount to top up by, and what it would do.
    """

    balance: BalanceView
    plan: PlanView
    plan_card: PlanCard | None
    coming_up: list[ComingEntry]
    usage: UsageView | None
    activity: list[HistoryEntry] | None
    waiting: list[HistoryEntry]
    steps: tuple[FirstStep, ...]
    shortcut: Preset | None


@dataclass(frozen=True, slots=True)
class Overview:
    live: Live
    invoices: list[InvoiceView] | None


def gather(organization: Organization, args: MultiDict[str, str]) -> Overview:
    """Everything on the overview, with the usage that an address asks for."""
    return Overview(
        live=gather_live(organization, args),
        invoices=sections.read("invoices", lambda: invoices.newest(organization, NEWEST_INVOICES)),
    )


def gather_live(organization: Organization, args: MultiDict[str, str]) -> Live:
    """What a poll updates when something has changed. Four statements."""
    plan = plans.gather(organization)
    now = balance.gather(organization, with_past=True)
    query = usage_query.read(args, plan.usage_starts, organization.local_day())
    usage = sections.read(
        "usage",
        lambda: usage_view.gather(organization, query, lambda: forecast.profile_of(now.forecast)),
    )
    activity = sections.read("activity", lambda: history.recent(organization, NEWEST_LINES))
    return Live(
        balance=now,
        plan=plan,
        plan_card=plan_card.get_plan_card(organization, plan),
        coming_up=coming_up.list_entries(organization, plan, now),
        usage=usage,
        activity=activity,
        waiting=[entry for entry in activity or () if entry.status in {"action", "pending"}],
        steps=first_steps.list_steps(plan, now, activity) if activity is not None else (),
        shortcut=_shortcut(now),
    )


def gather_usage(organization: Organization, args: MultiDict[str, str]) -> UsageView | None:
    """The usage that an address asks for, by itself. Two statements, and one more for a projection."""
    starts = plans.gather(organization).usage_starts
    query = usage_query.read(args, starts, organization.local_day())
    return sections.read(
        "usage", lambda: usage_view.gather(organization, query, lambda: forecast.find_profile(organization))
    )


def _shortcut(now: BalanceView) -> Preset | None:
    """The smallest usual amount that lasts some days, or that resumes calling; None where that can't be said."""
    offered = presets.gather(now, catalog.current().top_up.presets)
    if now.missing is not None:
        return next((one for one in offered if one.missing is None), None) if now.paused_since else None
    return next((one for one in offered if one.days and one.days >= _WORTH), None)
