"""The phases of a subscription's schedule, complete, because Stripe unsets whatever is omitted.

Updating the current phase updates the subscription, and entering one does: so both phases of a scheduled change
include everything about the subscription except the plan
(https://docs.stripe.com/billing/subscriptions/subscription-schedules, "Update subscription schedules" and "Phase
attribute inheritance").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

import stripe

from app.payments.references import id_of
from app.payments.statuses import StripeSubscriptionStatus

Phase = stripe.params.SubscriptionScheduleUpdateParamsPhase
_PLAIN = ("application_fee_percent", "billing_thresholds", "collection_method", "description")
_OF_INVOICES = ("account_tax_ids", "custom_fields", "description", "footer")


def current(
    subscription: stripe.Subscription,
    schedule: stripe.SubscriptionSchedule,
    *,
    until: datetime,
    metadata: Mapping[str, str],
) -> Phase:
    """The current phase of a subscription, as it is now, until `until`."""
    found, phase = subscription.to_dict(), _phase_of(schedule).to_dict()
    said = {
        **attributes_of(found),
        "items": [_item(one) for one in found["items"]["data"]],
        "start_date": phase["start_date"],
        "end_date": int(until.timestamp()),
        "billing_cycle_anchor": phase["billing_cycle_anchor"],
        "proration_behavior": phase["proration_behavior"],
        "trial_end": found["trial_end"] if found["status"] == StripeSubscriptionStatus.TRIALING else None,
        "metadata": dict(metadata),
    }
    return cast(Phase, _without_empty(said))


def following(
    before: Phase,
    price_id: str,
    interval: str,
    *,
    instead_of: str,
    begins_period: bool,
    metadata: Mapping[str, str],
) -> Phase:
    """The phase after that for one `interval`: the same except for the plan, whose price replaces another.

    With `begins_period` it resets the billing cycle anchor: otherwise a price with another interval would not be
    charged until the old anchor's next date.
    """
    of_its_own = ("start_date", "end_date", "billing_cycle_anchor", "trial_end")
    said: dict[str, Any] = {name: value for name, value in before.items() if name not in of_its_own}
    said |= {
        "items": [
            {**one, "price": price_id} if one.get("price") == instead_of else one for one in before["items"]
        ],
        "duration": {"interval": interval, "interval_count": 1},
        "proration_behavior": "none",
        "metadata": dict(metadata),
    }
    if begins_period:
        said["billing_cycle_anchor"] = "phase_start"
    return cast(Phase, said)


def attributes_of(found: Mapping[str, Any]) -> dict[str, Any]:
    """A subscription's attributes besides its items, as parameters of a phase."""
    tax, transfer = found["automatic_tax"], found["transfer_data"]
    return {
        **{name: found[name] for name in _PLAIN},
        "automatic_tax": _without_empty({"enabled": True, "liability": _account(tax["liability"])})
        if tax["enabled"]
        else None,
        "default_payment_method": id_of(found["default_payment_method"]),
        "default_tax_rates": _ids(found["default_tax_rates"]),
        "discounts": _discounts(found["discounts"]),
        "invoice_settings": _invoice_settings(found),
        "on_behalf_of": id_of(found["on_behalf_of"]),
        "transfer_data": _without_empty(transfer | {"destination": id_of(transfer["destination"])})
        if transfer
        else None,
    }


def _item(found: Mapping[str, Any]) -> dict[str, Any]:
    return _without_empty(
        {
            "price": id_of(found["price"]),
            "quantity": found["quantity"],
            "metadata": found["metadata"],
            "tax_rates": _ids(found["tax_rates"]),
            "discounts": _discounts(found["discounts"]),
            "billing_thresholds": found["billing_thresholds"],
        }
    )


def _invoice_settings(found: Mapping[str, Any]) -> dict[str, Any]:
    settings = found["invoice_settings"]
    said = {name: settings[name] for name in _OF_INVOICES}
    said |= {"account_tax_ids": _ids(settings["account_tax_ids"]), "issuer": _account(settings["issuer"])}
    return _without_empty(said | {"days_until_due": found["days_until_due"]})


def _account(found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Another account that issues invoices, or is liable for tax; None if it is the account itself."""
    account = id_of(found["account"]) if found else None
    return {"type": "account", "account": account} if account else None


def _discounts(found: Iterable[Any]) -> list[dict[str, Any]]:
    """By their own ids rather than their coupons, so that each keeps its remaining time."""
    return [{"discount": id_} for id_ in _ids(found)]


def _ids(found: Iterable[Any] | None) -> list[str]:
    return [id_ for id_ in map(id_of, found or ()) if id_]


def _without_empty(said: Mapping[str, Any]) -> dict[str, Any]:
    """Only values that are set: an empty one is Stripe's default anyway."""
    return {name: value for name, value in said.items() if value is not None and value not in ("", [], {})}


def _phase_of(schedule: stripe.SubscriptionSchedule) -> stripe.SubscriptionSchedule.Phase:
    now = schedule.current_phase
    started = [one for one in schedule.phases if now and one.start_date == now.start_date]
    return started[0] if started else schedule.phases[0]
