"""What a switch costs, kept with it as it was shown: what is charged is what was seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.billing import catalog_versions
from app.billing.catalog import Plan
from app.billing.money import Money
from app.models import PlanSwitch
from app.models.columns import Json, utc_now
from app.payments import previews
from app.payments.errors import RefusedError
from app.payments.previews import Preview
from app.payments.subscription_facts import StripeSubscription

GOOD_FOR = timedelta(minutes=5)
"""How long a preview is good for: what is left of a period is worth less by the second."""


_ON_ITS_WAY = timedelta(minutes=2)
"""How long after that the charge itself may take at most."""
_ALLOWANCE = "Allowance for the time until you confirm"


class CostsMoreError(RefusedError):
    """A switch would be charged more than was shown of it, so it was not made."""

    def __init__(self, message: str) -> None:
        super().__init__("costs_more", message)


@dataclass(frozen=True, slots=True)
class CostLine:
    """A line of what is charged; below zero it is credit."""

    words: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Cost:
    """What a switch costs: `due` is charged at once, and `next_charge` on `next_at` by its plan's price.

    `from_balance` is what credit with the payment processor takes off it, and `left` what is left of such credit.
    """

    lines: tuple[CostLine, ...]
    due: Money
    from_balance: Money
    left: Money
    next_charge: Money
    next_at: datetime


def now(subscription: StripeSubscription, plan: Plan, interval: str) -> tuple[Cost, datetime]:
    """What switching at once costs as of this second, and that second. Raises what `app.payments` raises."""
    as_of = utc_now().replace(microsecond=0)
    # A subscription's first second may not be over by our clock.
    as_of = min(max(as_of, subscription.period_start), subscription.period_end - timedelta(seconds=1))
    price = plan.price_by(interval)
    seen = previews.of_switch(
        subscription, previews.price_of(plan.key, interval, price), interval, as_of=as_of
    )
    return _cost(seen, price), as_of


def check_not_more(switch: PlanSwitch, subscription: StripeSubscription, price_id: str) -> None:
    """Look again right before a switch is made at once. Raises `CostsMoreError`, and what `app.payments` raises."""
    seen = previews.of_switch(subscription, price_id, switch.interval, as_of=switch.previewed_at)
    # The allowance was made for a young preview; what an older one asks for is charged moments from now.
    is_young = utc_now() - switch.previewed_at <= GOOD_FOR
    due = seen.due if is_young else seen.due + seen.most_more(_ON_ITS_WAY)
    if due > switch.due:
        raise CostsMoreError(
            f"{due.plain} {due.currency} would be charged, and {switch.due.plain} was shown."
        )


def later(subscription: StripeSubscription, plan: Plan, interval: str) -> Cost:
    """What switching at the end of the period costs: nothing now, and its price then."""
    price = plan.price_by(interval)
    nothing = Money(0, price.currency)
    return Cost((), nothing, nothing, nothing, price, subscription.period_end)


def pack(cost: Cost) -> Json:
    """As it is kept with a switch."""
    return {
        "lines": [{"words": line.words, "micro": line.amount.micro} for line in cost.lines],
        "from_balance": cost.from_balance.micro,
        "left": cost.left.micro,
        "next_charge": cost.next_charge.micro,
        "next_at": cost.next_at.isoformat(),
    }


def unpack(switch: PlanSwitch) -> Cost:
    """What a switch costs, as it was shown last."""
    kept, currency = switch.preview, switch.currency
    return Cost(
        lines=tuple(CostLine(line["words"], Money(line["micro"], currency)) for line in kept["lines"]),
        due=switch.due,
        from_balance=Money(kept["from_balance"], currency),
        left=Money(kept["left"], currency),
        next_charge=Money(kept["next_charge"], currency),
        next_at=datetime.fromisoformat(kept["next_at"]),
    )


def plan_of(switch: PlanSwitch) -> Plan:
    """The plan that a switch is to. Raises `CatalogError`."""
    return catalog_versions.bought(switch.plan, switch.version)


def _cost(seen: Preview, price: Money) -> Cost:
    """What was seen, with an allowance for credit that shrinks by the second: `due` is the most that is charged."""
    nothing = Money(0, price.currency)
    lines = [CostLine(line.words, line.amount) for line in seen.lines]
    more = seen.most_more(GOOD_FOR + _ON_ITS_WAY) if seen.due else nothing
    if more:
        lines.append(CostLine(_ALLOWANCE, more))
    left = max(-seen.balance_after, nothing)
    return Cost(
        lines=tuple(lines),
        due=seen.due + more,
        from_balance=max(seen.total, nothing) - seen.due,
        left=left,
        next_charge=max(price - left, nothing),
        next_at=seen.paid_until,
    )
