"""What the overview shows, gathered in five statements."""

from __future__ import annotations

from dataclasses import dataclass

from app.billing import coming_up, invoices, plans
from app.billing.activity import history, spending
from app.billing.activity.history import HistoryEntry
from app.billing.activity.spending import Spending
from app.billing.coming_up import ComingEntry
from app.billing.invoices import InvoiceView
from app.billing.plans import PlanView
from app.billing.wallet import balance
from app.billing.wallet.balance import BalanceView
from app.models import Organization
from app.pages.overview import plan_card
from app.pages.overview.plan_card import PlanCard

NEWEST_LINES = 8
NEWEST_INVOICES = 5


@dataclass(frozen=True, slots=True)
class Overview:
    balance: BalanceView
    plan: PlanView
    plan_card: PlanCard | None
    coming_up: list[ComingEntry]
    usage: Spending
    invoices: list[InvoiceView]
    activity: list[HistoryEntry]


@dataclass(frozen=True, slots=True)
class Live:
    """The part that is updated while the page is open."""

    balance: BalanceView
    plan: PlanView
    plan_card: PlanCard | None
    coming_up: list[ComingEntry]
    activity: list[HistoryEntry]


def gather(organization: Organization) -> Overview:
    """Everything on the overview."""
    plan = plans.gather(organization)
    usage = spending.gather(organization, plan.in_force, plan.usage_from)
    now = balance.gather(organization, with_past=True)
    return Overview(
        balance=now,
        plan=plan,
        plan_card=plan_card.get_plan_card(organization, plan),
        coming_up=coming_up.list_entries(organization, plan, now),
        usage=usage,
        invoices=invoices.newest(organization, NEWEST_INVOICES),
        activity=history.recent(organization, NEWEST_LINES),
    )


def gather_live(organization: Organization) -> Live:
    """What a poll updates when something has changed."""
    plan = plans.gather(organization)
    now = balance.gather(organization, with_past=True)
    return Live(
        balance=now,
        plan=plan,
        plan_card=plan_card.get_plan_card(organization, plan),
        coming_up=coming_up.list_entries(organization, plan, now),
        activity=history.recent(organization, NEWEST_LINES),
    )
