"""What the change-plan page shows: the plans side by side, and a switch at one of its steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.billing import catalog, plans
from app.billing.cards import paid_with, payment_methods
from app.billing.cards.paid_with import DefaultOffer
from app.billing.cards.payment_methods import CardView
from app.billing.catalog import OnRequest, Plan
from app.billing.plans import PlanView
from app.billing.plans import comparison as plan_comparison
from app.billing.plans import losses as plan_losses
from app.billing.plans import suggestion as plan_suggestion
from app.billing.plans.comparison import Offer, Rows
from app.billing.plans.losses import Losses
from app.billing.plans.suggestion import Suggestion
from app.billing.subscriptions import previews, switches
from app.billing.subscriptions.previews import Cost
from app.extensions import db
from app.models import Organization, PaymentMethod, PlanSwitch, SwitchStatus
from app.money import Money
from app.pages.change_plan import columns as plan_columns
from app.pages.change_plan.columns import Column, YearlySaving
from app.payments import intents
from app.payments.declines import Advice, advice_for
from app.payments.errors import PaymentsError
from app.payments.invoice_sums import SumKind


@dataclass(frozen=True, slots=True)
class Changes:
    """What a switch changes: the plan as it is and as it will be, side by side."""

    before: Offer
    after: Offer
    rows: Rows

    @property
    def is_same_plan(self) -> bool:
        """Whether only the way of paying changes."""
        return self.before.plan.key == self.after.plan.key


@dataclass(frozen=True, slots=True)
class SwitchView:
    """A switch at its step. `client_secret` is set only while the bank wants a confirmation.

    `charged` is what was charged, if known. `on` is the day of the switch, if not immediately. `note` is why it was
    not made. `seen` identifies what the review shows, and is sent with the confirmation.
    """

    id: UUID
    status: SwitchStatus
    plan: Plan
    interval: str
    is_at_once: bool
    cost: Cost
    charged: Money | None
    on: date
    card: CardView | None
    cards: tuple[CardView, ...]
    losses: Losses
    advice: Advice | None
    client_secret: str | None
    note: str | None
    offer: DefaultOffer | None
    seen: str
    changes: Changes
    quantity: int = 1

    @property
    def state(self) -> str:
        return self.status.value

    @property
    def price(self) -> Money:
        """The list price of a period, times the quantity."""
        return self.plan.price_by(self.interval) * self.quantity

    @property
    def has_discount(self) -> bool:
        """Whether the price is reduced by discounts, which may end."""
        return any(line.kind is SumKind.DISCOUNT for line in self.cost.next_lines)

    @property
    def is_taxed(self) -> bool:
        return any(line.kind is SumKind.TAX for line in self.cost.next_lines)


@dataclass(frozen=True, slots=True)
class ChangePlanPage:
    """`waiting` is a switch that is not in view and is waiting for its payment. `used` is what of resources there is,
    as far as the platform counts them."""

    plan: PlanView
    columns: tuple[Column, ...]
    rows: Rows
    used: dict[str, int]
    saving: YearlySaving | None
    on_request: tuple[OnRequest, ...]
    suggestion: Suggestion | None
    switch: SwitchView | None
    waiting: PlanSwitch | None

    @property
    def waiting_name(self) -> str | None:
        return previews.plan_of(self.waiting).name if self.waiting else None


def gather(organization: Organization, switch: PlanSwitch | None = None) -> ChangePlanPage:
    """Everything on the page, with a switch at its step."""
    plan = plans.gather(organization)
    offers = plan_comparison.compare(plan.plan, plan.interval)
    suggestion = plan_suggestion.gather(organization, plan.plan, plan.interval, counts=plan.counts)
    columns = plan_columns.gather(plan, offers, suggestion)
    other = switches.find_open(organization.id) if switch is None else None
    return ChangePlanPage(
        plan=plan,
        columns=columns,
        rows=plan_comparison.rows_of(offers),
        used={limit.resource: limit.used for limit in plan.limits if limit.used is not None},
        saving=plan_columns.yearly_saving(columns),
        on_request=tuple(catalog.current().on_request.values()),
        suggestion=suggestion,
        switch=view(organization, switch, plan) if switch else None,
        waiting=other,
    )


def view(organization: Organization, switch: PlanSwitch, plan: PlanView) -> SwitchView:
    """A switch as the page shows it. Fetches the secret of an open confirmation from Stripe."""
    today = organization.local_day()
    cards = tuple(payment_methods.list_cards(organization))
    cost = previews.unpack(switch)
    target = previews.plan_of(switch)
    is_open = switch.status is SwitchStatus.REVIEW
    default = next((one for one in cards if one.is_default), None)
    return SwitchView(
        id=switch.id,
        status=switch.status,
        plan=target,
        interval=switch.interval,
        is_at_once=switch.is_at_once,
        cost=cost,
        charged=switch.charged,
        on=organization.local_day(cost.next_at),
        card=default if is_open else _paying(switch, today),
        cards=cards,
        losses=plan_losses.find_losses(organization, plan.plan, target),
        advice=advice_for(switch.decline_code) if switch.status is SwitchStatus.DECLINED else None,
        client_secret=_secret(switch),
        note=switch.note,
        offer=paid_with.offer_default(organization, switch.payment_method_id)
        if switch.status is SwitchStatus.DONE
        else None,
        seen=switches.seen(switch, default.id if default else None),
        changes=_changes(plan.plan, target),
        quantity=plan.quantity,
    )


def _changes(plan: Plan, target: Plan) -> Changes:
    before, after = plan_comparison.pair(plan, target)
    return Changes(before, after, plan_comparison.rows_of([before, after]))


def _paying(switch: PlanSwitch, today: date) -> CardView | None:
    if switch.payment_method_id is None:
        return None
    method = db.session.get(PaymentMethod, (switch.org_id, switch.payment_method_id))
    return payment_methods.card_view(method, today) if method else None


def _secret(switch: PlanSwitch) -> str | None:
    if switch.status is not SwitchStatus.ACTION or switch.payment_intent_id is None:
        return None
    try:
        return intents.fetch(switch.payment_intent_id).client_secret
    except PaymentsError:
        return None
