"""What the overview shows, gathered in five statements."""

from __future__ import annotations

from dataclasses import dataclass

from app.billing import balance, history, invoices, plans, spending
from app.billing.balance import BalanceView
from app.billing.history import HistoryLine
from app.billing.invoices import InvoiceView
from app.billing.plans import PlanView
from app.billing.spending import Spending
from app.models import Organization

NEWEST_LINES = 8
NEWEST_INVOICES = 5


@dataclass(frozen=True, slots=True)
class Overview:
    balance: BalanceView
    plan: PlanView
    usage: Spending
    invoices: list[InvoiceView]
    activity: list[HistoryLine]


@dataclass(frozen=True, slots=True)
class Live:
    """The part of it that is kept current while the page is open."""

    balance: BalanceView
    plan: PlanView
    activity: list[HistoryLine]


def gather(organization: Organization) -> Overview:
    """Everything on the overview."""
    plan = plans.gather(organization)
    usage = spending.gather(organization, plan.holds, plan.usage_from)
    return Overview(
        balance=balance.gather(organization, pace=usage.pace),
        plan=plan,
        usage=usage,
        invoices=invoices.newest(organization, NEWEST_INVOICES),
        activity=history.recent(organization, NEWEST_LINES),
    )


def gather_live(organization: Organization) -> Live:
    """What a poll redraws when something has changed."""
    return Live(
        balance=balance.gather(organization),
        plan=plans.gather(organization),
        activity=history.recent(organization, NEWEST_LINES),
    )
