"""The cost of a switch, stored with it as it was shown, so that exactly this is charged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.billing.catalog import Plan, versions
from app.billing.invoices import packed_sums
from app.clock import utc_now
from app.language import marked
from app.models import PlanSwitch
from app.models.columns import Json
from app.money import Money
from app.payments import period_previews, previews
from app.payments.errors import RefusedError
from app.payments.invoice_sums import SumKind, SumLine
from app.payments.period_previews import NextPeriod
from app.payments.previews import Preview
from app.payments.subscription_facts import StripeSubscription

GOOD_FOR = timedelta(minutes=5)
"""How long a preview is valid: the rest of a period loses value by the second."""


_ON_ITS_WAY = timedelta(minutes=2)
"""How long the charge itself may take after that."""
_ALLOWANCE = marked("Up to 7 minutes on your current plan, until you confirm")


class CostsMoreError(RefusedError):
    """A switch would cost more than was shown, so it was not made."""

    def __init__(self, message: str) -> None:
        super().__init__("costs_more", message)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a switch costs: `due` is charged now, and `next_charge` on `next_at`, as `next_lines` add up to it.

    `lines` are all parts of `due` except the balance: `from_balance` is what credit at the payment processor covers,
    and `left` the rest of that credit. `regular` is what each period costs from then on, while its discounts last.
    """

    lines: tuple[SumLine, ...]
    due: Money
    from_balance: Money
    left: Money
    next_charge: Money
    next_at: datetime
    next_lines: tuple[SumLine, ...]
    regular: Money


def now(subscription: StripeSubscription, plan: Plan, interval: str) -> tuple[Cost, datetime]:
    """The cost of switching immediately as of this second, and that second. Raises what `app.payments` raises."""
    price_id, seen, as_of = _preview(subscription, plan, interval)
    following = period_previews.preview_next(
        subscription, price_id, at=seen.paid_until, uses_up_discounts=True
    )
    return _cost(seen, following), as_of


def due_now(subscription: StripeSubscription, plan: Plan, interval: str) -> Money:
    """What `now` says is due, without what comes later. Raises what `app.payments` raises."""
    _, seen, _ = _preview(subscription, plan, interval)
    return seen.due + _tolerance(seen)


def check_not_more(switch: PlanSwitch, subscription: StripeSubscription, price_id: str) -> None:
    """Check the cost again right before an immediate switch. Raises `CostsMoreError`, and what `app.payments`
    raises."""
    seen = previews.preview_switch(subscription, price_id, switch.interval, as_of=switch.previewed_at)
    # The tolerance is for a fresh preview; an older one is charged moments from now.
    is_young = utc_now() - switch.previewed_at <= GOOD_FOR
    due = seen.due if is_young else seen.due + seen.most_more(_ON_ITS_WAY)
    if due > switch.due:
        raise CostsMoreError(
            f"{due.plain} {due.currency} would be charged, and {switch.due.plain} was shown."
        )


def check_next_not_more(switch: PlanSwitch, subscription: StripeSubscription, price_id: str) -> None:
    """Check the cost again right before a change is scheduled. Raises `CostsMoreError`, and what `app.payments`
    raises."""
    price = plan_of(switch).price_by(switch.interval)
    shown, by_now = unpack(switch), _later(subscription, price, price_id)
    for before, after in (shown.next_charge, by_now.next_charge), (shown.regular, by_now.regular):
        if after > before:
            raise CostsMoreError(
                f"{after.plain} {after.currency} would be charged, and {before.plain} was shown."
            )


def later(subscription: StripeSubscription, plan: Plan, interval: str) -> Cost:
    """The cost of switching at the end of the period: nothing now, and its price then. Raises as `now` does."""
    price = plan.price_by(interval)
    return _later(subscription, price, previews.price_of(plan.key, interval, price) if price else None)


def _later(subscription: StripeSubscription, price: Money, price_id: str | None) -> Cost:
    nothing, at = Money.zero(price.currency), subscription.period_end
    if not price or price_id is None:
        return Cost((), nothing, nothing, nothing, nothing, at, (), nothing)
    following = period_previews.preview_next(subscription, price_id, at=at, uses_up_discounts=False)
    then = following.all
    return Cost((), nothing, nothing, nothing, then.due, at, then.lines, following.regular.total)


def pack(cost: Cost) -> Json:
    """As JSON, to store with a switch."""
    return {
        "lines": packed_sums.pack_lines(cost.lines),
        "from_balance": cost.from_balance.micro,
        "left": cost.left.micro,
        "next_charge": cost.next_charge.micro,
        "next_at": cost.next_at.isoformat(),
        "next_lines": packed_sums.pack_lines(cost.next_lines),
        "regular": cost.regular.micro,
    }


def unpack(switch: PlanSwitch) -> Cost:
    """The cost of a switch, as last shown."""
    kept, currency = switch.preview, switch.currency
    regular: int = kept["regular"] if "regular" in kept else kept["next_charge"]
    return Cost(
        lines=packed_sums.unpack_lines(kept["lines"], currency),
        due=switch.due,
        from_balance=Money(kept["from_balance"], currency),
        left=Money(kept["left"], currency),
        next_charge=Money(kept["next_charge"], currency),
        next_at=datetime.fromisoformat(kept["next_at"]),
        # Switches reviewed before these fields existed have neither.
        next_lines=packed_sums.unpack_lines(kept.get("next_lines", ()), currency),
        regular=Money(regular, currency),
    )


def plan_of(switch: PlanSwitch) -> Plan:
    """The plan that a switch changes to. Raises `CatalogError`."""
    return versions.get_plan(switch.plan, switch.version)


def _preview(subscription: StripeSubscription, plan: Plan, interval: str) -> tuple[str, Preview, datetime]:
    """The price at Stripe, the preview of switching to it as of this second, and that second."""
    as_of = utc_now().replace(microsecond=0)
    # By our clock, the subscription's first second may not be over.
    as_of = min(max(as_of, subscription.period_start), subscription.period_end - timedelta(seconds=1))
    price_id = previews.price_of(plan.key, interval, plan.price_by(interval))
    return price_id, previews.preview_switch(subscription, price_id, interval, as_of=as_of), as_of


def _tolerance(seen: Preview) -> Money:
    """What may be added to what is due until the switch is confirmed."""
    return seen.most_more(GOOD_FOR + _ON_ITS_WAY) if seen.due else Money.zero(seen.due.currency)


def _cost(seen: Preview, following: NextPeriod) -> Cost:
    """The previewed cost, with a tolerance for credit that shrinks by the second: `due` is the most that is
    charged."""
    nothing = Money.zero(seen.due.currency)
    lines = list(seen.lines)
    more = _tolerance(seen)
    if more:
        lines.append(SumLine(_ALLOWANCE, more, SumKind.CHARGE))
    then = following.after(seen.balance_after)
    return Cost(
        lines=tuple(lines),
        due=seen.due + more,
        from_balance=max(seen.total, nothing) - seen.due,
        left=max(-seen.balance_after, nothing),
        next_charge=then.due,
        next_at=seen.paid_until,
        next_lines=then.lines,
        regular=following.regular.total,
    )
