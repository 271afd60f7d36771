"""An organization's subscription at Stripe, with one item, which is its plan.

The price identifies the plan, and the subscription's metadata the version of the catalog: a price is shared by all
versions with the same amount.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import stripe

from app.money import Money
from app.payments import oddities, tax_settings
from app.payments.client import stripe_client
from app.payments.customers import default_card_of
from app.payments.oddities import Odd, Oddity
from app.payments.references import id_of
from app.payments.statuses import StripeSubscriptionStatus
from app.payments.tax_settings import TaxSettings
from app.payments.timestamps import to_datetime


@dataclass(frozen=True, slots=True)
class Chosen:
    """A current or scheduled plan at Stripe, paid per `interval` (`month` or `year`). `version` is the catalog's and
    `switch` the id of the switch that led to it; None if it wasn't made here.
    """

    plan: str
    interval: str
    version: str | None = None
    switch: str | None = None

    @property
    def metadata(self) -> dict[str, str]:
        """Its metadata at Stripe."""
        told = {"plan": self.plan, "interval": self.interval, "version": self.version, "switch": self.switch}
        return {key: value or "" for key, value in told.items()}


@dataclass(frozen=True, slots=True)
class Planned:
    """The change at the end of the period, and its price."""

    chosen: Chosen
    at: datetime
    price_id: str


@dataclass(frozen=True, slots=True)
class StripeSubscription:
    """The period is from `period_start` to `period_end`, and months are counted from `anchor`.

    Its `price`, for all that it is of and before discounts and taxes, is paid by the `interval` (`month` or
    `year`, None if it recurs otherwise), or it `is_free`. `chosen` is None if its price is none of the
    catalog's. `open_invoice_id` is what is to be paid while it is past due: the newest open invoice, as the
    latest one may be void, or the draft of the next renewal. `waiting` is an update that waits until the
    invoice `latest_invoice_id` is paid, at most until `waits_until`. `ends_at` is when it ends for good, if
    that is planned, and `ends_with_period` whether that was said so, instead of by a time. Its price is paid
    `quantity` times. `own_card_id` is the card that it is charged to instead of `customer_card_id`, its
    customer's default. `odd` is what was arranged otherwise in Stripe's dashboard.
    """

    id: str
    customer_id: str | None
    status: StripeSubscriptionStatus
    item_id: str
    price_id: str
    chosen: Chosen | None
    interval: str | None
    is_free: bool
    price: Money
    anchor: datetime
    period_start: datetime
    period_end: datetime
    ends_at: datetime | None
    ends_with_period: bool
    ended_at: datetime | None
    schedule_id: str | None
    planned: Planned | None
    waiting: Chosen | None
    waits_until: datetime | None
    latest_invoice_id: str | None
    open_invoice_id: str | None
    own_card_id: str | None
    customer_card_id: str | None
    quantity: int
    tax: TaxSettings
    has_discounts: bool
    currency: str
    odd: tuple[Odd, ...] = ()

    @property
    def comes_next(self) -> Planned | None:
        """What is planned and comes before the end, if that is planned too."""
        if self.planned is None or (self.ends_at is not None and self.ends_at <= self.planned.at):
            return None
        return self.planned

    @property
    def is_adjusted(self) -> bool:
        """Whether its own discounts or taxes change the price."""
        return self.has_discounts or self.tax != TaxSettings()

    @property
    def has_ended(self) -> bool:
        return self.status.has_ended

    def begins_period(self, interval: str) -> bool:
        """Whether a switch to a plan paid by the `interval` has to begin a period of its own.

        It has if nothing is paid yet, or if the interval changes: Stripe's flexible billing resets the billing cycle
        only on request (https://docs.stripe.com/billing/subscriptions/billing-mode/compare, "Reset the billing cycle
        anchor").
        """
        return self.is_free or self.interval != interval

    @property
    def has_begun(self) -> bool:
        """Whether it was ever paid: one whose first invoice never was is nothing yet."""
        return self.status.has_begun


def read(found: stripe.Subscription) -> StripeSubscription:
    """What we need of a subscription whose schedule and customer were expanded.

    Fetches the scheduled price, and the open invoice while it is past due.
    """
    item = found["items"].data[0]
    chosen = _chosen(item.price, _dict(found.metadata))
    schedule = found.schedule if isinstance(found.schedule, stripe.SubscriptionSchedule) else None
    planned = _planned(schedule) if schedule else None
    status = StripeSubscriptionStatus(found.status)
    open_invoice_id = _open_invoice(found) if status.is_owed else None
    odd = oddities.find_oddities(found, is_known=chosen is not None, open_invoice_id=open_invoice_id)
    if schedule and planned is None and _following(schedule):
        odd = (
            *odd,
            Odd(Oddity.SCHEDULE, f"its schedule {schedule.id} plans a price that is none of the catalog's"),
        )
    return StripeSubscription(
        id=found.id,
        customer_id=id_of(found.customer),
        status=status,
        item_id=item.id,
        price_id=item.price.id,
        chosen=chosen,
        interval=_interval(item.price),
        is_free=item.price.unit_amount == 0 or item.quantity == 0,
        price=Money.from_minor((item.price.unit_amount or 0) * (item.quantity or 0), found.currency.upper()),
        anchor=to_datetime(found.billing_cycle_anchor),
        period_start=to_datetime(item.current_period_start),
        period_end=to_datetime(item.current_period_end),
        ends_at=to_datetime(found.cancel_at) if found.cancel_at else None,
        ends_with_period=found.cancel_at_period_end,
        ended_at=to_datetime(found.ended_at) if found.ended_at else None,
        schedule_id=id_of(found.schedule),
        planned=planned,
        waiting=_waiting(found),
        waits_until=to_datetime(found.pending_update.expires_at) if found.pending_update else None,
        latest_invoice_id=id_of(found.latest_invoice),
        open_invoice_id=open_invoice_id,
        own_card_id=id_of(found.default_payment_method),
        customer_card_id=default_card_of(found.customer),
        quantity=1 if item.quantity is None else item.quantity,
        tax=tax_settings.read(found),
        has_discounts=bool(found.discounts),
        currency=found.currency.upper(),
        odd=odd,
    )


def _open_invoice(found: stripe.Subscription) -> str | None:
    """The newest open invoice; not the one of a pending update, which doesn't have to be paid."""
    of_it: stripe.params.InvoiceListParams = {"subscription": found.id, "status": "open", "limit": 10}
    waited_for = id_of(found.latest_invoice) if found.pending_update else None
    opened = (one.id for one in stripe_client().v1.invoices.list(of_it).data)
    return next((id_ for id_ in opened if id_ != waited_for), None)


def _chosen(price: Any, metadata: Mapping[str, str]) -> Chosen | None:
    """The plan of a price, with our metadata if that is about this plan."""
    told = _dict(price.metadata)
    plan, interval = told.get("plan"), _interval(price)
    if plan is None or interval not in {"month", "year"}:
        return None
    if (metadata.get("plan"), metadata.get("interval")) != (plan, interval):
        return Chosen(plan, interval)
    return Chosen(plan, interval, metadata.get("version") or None, metadata.get("switch") or None)


def _interval(price: stripe.Price) -> str | None:
    recurring = price.recurring
    return recurring.interval if recurring and recurring.interval_count == 1 else None


def _waiting(found: stripe.Subscription) -> Chosen | None:
    update = found.pending_update
    if update is None or not update.subscription_items:
        return None
    return _chosen(update.subscription_items[0].price, _dict(update.metadata))


def _planned(schedule: stripe.SubscriptionSchedule) -> Planned | None:
    """The next phase; one scheduled at Stripe is recognized by its price."""
    phase = _following(schedule)
    if phase is None:
        return None
    price = stripe_client().v1.prices.retrieve(id_of(phase["items"][0].price) or "")
    chosen = _chosen(price, _dict(phase.metadata))
    return Planned(chosen, to_datetime(phase.start_date), price.id) if chosen else None


def _following(schedule: stripe.SubscriptionSchedule) -> Any:
    current = schedule.current_phase
    coming = (one for one in schedule.phases if current and one.start_date >= current.end_date)
    return next(coming, None)


def _dict(metadata: Any) -> dict[str, str]:
    return metadata.to_dict() if metadata else {}
