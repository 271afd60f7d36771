"""What a phase says of its subscription besides items and times: whatever it leaves out is unset.

Entering a phase, and updating the current one, sets each of these: to what the phase says, else to its schedule's
default, else to nothing (https://docs.stripe.com/billing/subscriptions/subscription-schedules, "Phase attribute
inheritance" and "Update subscription schedules": "Any parameters that were previously set are unset").
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox.conformance.blank import part_of
from stripe_sandbox.context import Call
from stripe_sandbox.errors import invalid
from stripe_sandbox.resources.billing import tax_rates
from stripe_sandbox.resources.billing.invoice_settings import NAMES
from stripe_sandbox.resources.common import find

_OF_PHASES = (*NAMES, "days_until_due")


def of_subscription(subscription: dict[str, Any]) -> dict[str, Any]:
    """As a schedule is made from a subscription: on its first phase only, so that a later phase has to say it too.

    Whether `default_settings` would carry some of it is unverified; this is the harsher reading.
    """
    settings = subscription["invoice_settings"]
    said = {name: settings[name] for name in NAMES} | {"days_until_due": subscription["days_until_due"]}
    return {
        "automatic_tax": dict(subscription["automatic_tax"]),
        "collection_method": subscription["collection_method"],
        "default_payment_method": subscription["default_payment_method"],
        "default_tax_rates": subscription["default_tax_rates"] or [],
        "description": subscription["description"],
        "discounts": [reused(id_) for id_ in subscription["discounts"]],
        "invoice_settings": invoice_settings(said) if any(said.values()) else None,
    }


def given(call: Call, said: dict[str, Any], where: str) -> dict[str, Any]:
    """As the parameters of a phase say it. Raises 400 for what is not there, or not served here."""
    tax, method = said.get("automatic_tax"), said.get("default_payment_method")
    if method:
        find(call, "payment_method", method, f"{where}[default_payment_method]")
    settings = said.get("invoice_settings")
    return {
        "automatic_tax": _automatic_tax(enabled=tax["enabled"]) if tax else None,
        "collection_method": said.get("collection_method"),
        "default_payment_method": method or None,
        "default_tax_rates": tax_rates.chosen(
            call, said.get("default_tax_rates", []), f"{where}[default_tax_rates]"
        ),
        "description": said.get("description") or None,
        "discounts": discounts(call, said.get("discounts", []), f"{where}[discounts]"),
        "invoice_settings": invoice_settings({name: settings.get(name) or None for name in _OF_PHASES})
        if settings
        else None,
    }


def put_on(subscription: dict[str, Any], schedule: dict[str, Any], phase: dict[str, Any]) -> None:
    """Set what a phase says on the subscription, and unset what neither it nor its schedule says."""
    otherwise = schedule["default_settings"]

    def said(name: str) -> Any:
        return phase[name] if phase[name] is not None else otherwise.get(name)

    settings = said("invoice_settings") or {}
    subscription.update(
        automatic_tax=said("automatic_tax") or _automatic_tax(enabled=False),
        collection_method=said("collection_method") or "charge_automatically",
        default_payment_method=said("default_payment_method"),
        default_tax_rates=phase["default_tax_rates"] or [],
        description=said("description"),
        days_until_due=settings.get("days_until_due"),
        discounts=still_there(phase, subscription),
    )
    subscription["invoice_settings"] |= {name: settings.get(name) for name in NAMES}


def discounts(call: Call, said: Any, where: str) -> list[dict[str, Any]]:
    """The discounts that a phase or item names. Raises 400 where one is missing."""
    made = []
    for index, one in enumerate(said):
        if "discount" not in one:
            message = "The stand-in serves only existing discounts in phases."
            raise invalid(message, param=f"{where}[{index}]")
        find(call, "discount", one["discount"], f"{where}[{index}][discount]")
        made.append(reused(one["discount"]))
    return made


def still_there(phase: dict[str, Any], of: dict[str, Any]) -> list[str]:
    """The discounts that a phase or its item names, but for those that were used up meanwhile (unverified)."""
    return [one["discount"] for one in phase["discounts"] if one["discount"] in of["discounts"]]


def reused(discount: str) -> dict[str, Any]:
    """A discount that a subscription has already, as a phase names it."""
    return part_of("SubscriptionSchedule", "Phase", "Discount") | {"discount": discount}


def invoice_settings(said: dict[str, Any]) -> dict[str, Any]:
    """What a phase says of invoices."""
    return part_of("SubscriptionSchedule", "Phase", "InvoiceSettings") | said


def _automatic_tax(*, enabled: bool) -> dict[str, Any]:
    blank = part_of("SubscriptionSchedule", "Phase", "AutomaticTax")
    return blank | {"enabled": enabled, "liability": {"account": None, "type": "self"} if enabled else None}
