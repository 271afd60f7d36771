"""Usage draws the wallet down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.dialects.postgresql import insert

from app.billing import calling, catalog, ledger, rating, subscriptions
from app.billing.catalog import Plan
from app.billing.ledger import Entry
from app.billing.money import Money, total
from app.extensions import db
from app.models import (
    AccountName,
    Allowance,
    Organization,
    TransferKind,
    UsageDaily,
    UsageGroup,
    UsageReport,
    Wallet,
)


@dataclass(frozen=True, slots=True)
class Used:
    """`quantity` whole units of `meter`, used on `day` in the organization's zone."""

    meter: str
    quantity: int
    day: date
    campaign: str = ""
    agent: str = ""


def record(organization: Organization, source: str, used: Sequence[Used], *, at: datetime) -> Money:
    """Rate usage and charge it, one transfer a group; returns what it cost.

    `source` names the report: the same one again costs nothing. What was used is charged even where it takes the
    balance below zero. Raises `CatalogError` for an unknown meter.
    """
    wallet = ledger.lock(organization.id)
    at = ledger.posting_time(wallet, at)
    shelf = catalog.current()
    groups: dict[UsageGroup, list[Used]] = defaultdict(list)
    for one in used:
        groups[shelf.meter(one.meter).group].append(one)
    if not _is_new(organization, source):
        return Money.zero(wallet.currency)
    rater = _Rater(organization)
    charged = [_charge(wallet, rater, source, group, lines, at=at) for group, lines in groups.items()]
    calling.reassess(wallet, at)
    db.session.flush()
    return total(charged, wallet.currency)


def _is_new(organization: Organization, source: str) -> bool:
    fresh = insert(UsageReport).values(org_id=organization.id, source=source)
    done = db.session.execute(fresh.on_conflict_do_nothing().returning(UsageReport.source))
    return done.first() is not None


def _charge(
    wallet: Wallet, rater: _Rater, source: str, group: UsageGroup, lines: list[Used], *, at: datetime
) -> Money:
    charges = [rater.rate(one) for one in lines]
    cost = total((charge.amount for charge in charges), wallet.currency)
    _add_to_totals(rater.organization, lines, charges, posted_on=ledger.local_day_of(rater.organization, at))
    if cost:
        entry = Entry(
            kind=TransferKind.USAGE,
            source=f"{source}:{group}",
            debit=AccountName.WALLET,
            credit=group.account,
            amount=cost,
            at=at,
            group=group,
        )
        ledger.post(wallet, entry)
    return cost


class _Rater:
    """Rates the lines of one report, reading each plan and each allowance once."""

    def __init__(self, organization: Organization) -> None:
        self.organization = organization
        self._plans: dict[date, tuple[Plan, date]] = {}
        self._allowances: dict[tuple[date, str], Allowance] = {}

    def rate(self, one: Used) -> rating.Charge:
        """What a line costs; the allowance that it uses up is used up."""
        if one.day not in self._plans:
            self._plans[one.day] = subscriptions.plan_on(self.organization, one.day)
        plan, period_start = self._plans[one.day]
        allowance = self._allowance(period_start, one.meter)
        currency = self.organization.currency
        charge = rating.rate(plan, one.meter, one.quantity, used=allowance.used, currency=currency)
        allowance.used += charge.included
        return charge

    def _allowance(self, period_start: date, meter: str) -> Allowance:
        found = self._allowances.get((period_start, meter))
        if found is None:
            org_id = self.organization.id
            found = db.session.get(Allowance, (org_id, period_start, meter), populate_existing=True)
        if found is None:
            found = Allowance(org_id=self.organization.id, period_start=period_start, meter=meter, used=0)
            db.session.add(found)
        self._allowances[period_start, meter] = found
        return found


def _add_to_totals(
    organization: Organization, lines: list[Used], charges: list[rating.Charge], *, posted_on: date
) -> None:
    sums: dict[tuple[date, str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one, charge in zip(lines, charges, strict=True):
        found = sums[one.day, one.meter, one.campaign, one.agent]
        for position, value in enumerate((one.quantity, charge.included, charge.amount.micro)):
            found[position] += value
    rows = [
        {
            "org_id": organization.id,
            "day": day,
            "meter": meter,
            "campaign": campaign,
            "agent": agent,
            "posted_on": posted_on,
            "quantity": quantity,
            "included": included,
            "amount_micro": amount,
        }
        for (day, meter, campaign, agent), (quantity, included, amount) in sums.items()
    ]
    fresh = insert(UsageDaily).values(rows)
    added = {
        name: getattr(UsageDaily, name) + getattr(fresh.excluded, name)
        for name in ("quantity", "included", "amount_micro")
    }
    keys = ["org_id", "day", "meter", "campaign", "agent", "posted_on"]
    db.session.execute(fresh.on_conflict_do_update(index_elements=keys, set_=added))


def units_costing(organization: Organization, meter: str, amount: Money) -> int:
    """How many units of `meter` cost about `amount` today, with what is left of the allowance used up first."""
    day = ledger.local_day_of(organization)
    plan, period_start = subscriptions.plan_on(organization, day)
    allowance = db.session.get(Allowance, (organization.id, period_start, meter))
    left = max(plan.allowances.get(meter, 0) - (allowance.used if allowance else 0), 0)
    return left + round(amount.micro / plan.rates[meter])
