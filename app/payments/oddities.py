"""Custom arrangements: what was changed on a subscription in Stripe's dashboard, unlike the subscriptions that this
service creates.

Each one is reported to operators (`app.reconciliation.oddities`), and pages promise nothing that it would break. A
discount, a tax rate or another default card isn't one: these are supported, and included in amounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import stripe

from app.payments.references import id_of
from app.payments.statuses import StripeInvoiceStatus, StripeSubscriptionStatus
from app.payments.timestamps import to_datetime


class Oddity(StrEnum):
    """The kind of arrangement."""

    PRICE = "price"  # its price isn't in the catalog
    CURRENCY = "currency"  # it is charged in another currency than the organization's
    ITEMS = "items"  # it has more than one item
    QUANTITY = "quantity"  # its item is charged more than once
    PAUSED = "paused"  # it is paused (https://docs.stripe.com/billing/subscriptions/pause)
    NOT_COLLECTED = "not_collected"  # `pause_collection`: periods continue, and nothing is charged
    TRIAL = "trial"
    INVOICED = "invoiced"  # invoices are sent, but no card is charged
    SCHEDULE = "schedule"  # its schedule isn't supported
    DROPS = "drops"  # its schedule drops what was added since
    GIVEN_UP = "given_up"  # its newest invoice was voided or marked uncollectible
    NOTHING_OPEN = "nothing_open"  # it is past due, and has no open invoice that could be paid


@dataclass(frozen=True, slots=True)
class Odd:
    """An arrangement, with a clause for operators that describes it."""

    kind: Oddity
    words: str


def find_oddities(
    found: stripe.Subscription, *, is_known: bool, open_invoice_id: str | None
) -> tuple[Odd, ...]:
    """The arrangements of a subscription with its schedule and latest invoice expanded.

    `is_known` is whether its price belongs to a plan, `open_invoice_id` the invoice to pay while it is past due.
    """
    return tuple(_of(found, is_known=is_known, open_invoice_id=open_invoice_id))


def _of(found: stripe.Subscription, *, is_known: bool, open_invoice_id: str | None) -> Iterator[Odd]:
    items = found["items"].data
    price = items[0].price
    if not is_known:
        yield Odd(Oddity.PRICE, f"its price {price.id} is none of the catalog's")
    if len(items) > 1:
        yield Odd(Oddity.ITEMS, f"it has {len(items)} items, of which only the first is followed")
    if items[0].quantity not in {None, 1}:
        yield Odd(Oddity.QUANTITY, f"its plan is charged {items[0].quantity} times")
    status = StripeSubscriptionStatus(found.status)
    if status is StripeSubscriptionStatus.PAUSED:
        yield Odd(Oddity.PAUSED, "it is paused, so it neither renews nor is charged")
    if found.pause_collection is not None:
        yield Odd(Oddity.NOT_COLLECTED, _not_collected(found.pause_collection))
    if status is StripeSubscriptionStatus.TRIALING and found.trial_end:
        yield Odd(Oddity.TRIAL, f"it is on a trial until {_day(found.trial_end)}")
    if found.collection_method == "send_invoice":
        yield Odd(Oddity.INVOICED, "its invoices are sent and charged to no card")
    if isinstance(found.schedule, stripe.SubscriptionSchedule):
        yield from _of_schedule(found.schedule, items[0].quantity)
        yield from _dropped(found, found.schedule)
    yield from _of_invoices(found, open_invoice_id)


def _of_invoices(found: stripe.Subscription, open_invoice_id: str | None) -> Iterator[Odd]:
    latest = found.latest_invoice
    waits = found.pending_update is not None
    if StripeSubscriptionStatus(found.status).is_owed and open_invoice_id is None:
        yield Odd(Oddity.NOTHING_OPEN, f"it is {found.status} without an open invoice that could be paid")
    elif isinstance(latest, stripe.Invoice) and not waits and _is_renewal_abandoned(latest):
        ended = "voided" if latest.status == StripeInvoiceStatus.VOID else "marked uncollectible"
        yield Odd(
            Oddity.GIVEN_UP,
            f"its renewal {latest.number or latest.id} was {ended}, so the period is not paid",
        )


def _is_renewal_abandoned(invoice: stripe.Invoice) -> bool:
    is_renewal = invoice.billing_reason == "subscription_cycle"
    return is_renewal and invoice.total > 0 and StripeInvoiceStatus(invoice.status or "draft").is_abandoned


def _not_collected(paused: Any) -> str:
    how = {"keep_as_draft": "kept as drafts", "void": "voided", "mark_uncollectible": "marked uncollectible"}
    until = f" until {_day(paused.resumes_at)}" if paused.resumes_at else ""
    return (
        f"its collection is paused{until}, and its invoices are {how.get(paused.behavior, paused.behavior)}"
    )


def _of_schedule(schedule: stripe.SubscriptionSchedule, quantity: int | None) -> Iterator[Odd]:
    """A schedule is supported if its next phase is one plan of the catalog, with quantity one or the current one, and
    nothing else."""
    coming = [one for one in schedule.phases if _is_to_come(schedule, one)]
    for phase in coming:
        items = phase["items"]
        if len(items) != 1 or items[0].quantity not in {None, 1, quantity} or phase.trial_end:
            yield Odd(Oddity.SCHEDULE, f"its schedule {schedule.id} plans what can't be followed here")
            return
    if len(coming) > 1:
        yield Odd(
            Oddity.SCHEDULE,
            f"its schedule {schedule.id} plans {len(coming)} changes, of which the first is shown",
        )


def _dropped(found: stripe.Subscription, schedule: stripe.SubscriptionSchedule) -> Iterator[Odd]:
    """What the next phase unsets because it doesn't include it: a subscription can be changed after its phases were
    created (https://docs.stripe.com/billing/subscriptions/subscription-schedules, "Phase attribute inheritance")."""
    coming = next((one for one in schedule.phases if _is_to_come(schedule, one)), None)
    if coming is None:
        return
    kept = {id_of(one.discount) for one in coming.discounts or ()}
    by_others = any(one.discount is None for one in coming.discounts or ())
    rates = {id_of(one) for one in coming.default_tax_rates or ()}
    settings = (coming.automatic_tax, schedule.default_settings.automatic_tax)
    left_out = {
        "discount": not by_others and not kept.issuperset(map(id_of, found.discounts or ())),
        "tax rates": not rates.issuperset(one.id for one in found.default_tax_rates or ()),
        "automatic tax": found.automatic_tax.enabled and not any(one and one.enabled for one in settings),
    }
    words = " and ".join(name for name, is_left_out in left_out.items() if is_left_out)
    if words:
        yield Odd(Oddity.DROPS, f"the change that its schedule {schedule.id} plans drops its {words}")


def _is_to_come(schedule: stripe.SubscriptionSchedule, phase: Any) -> bool:
    return schedule.current_phase is not None and phase.start_date >= schedule.current_phase.end_date


def _day(seconds: int) -> str:
    return f"{to_datetime(seconds):%d %B %Y}".lstrip("0")
