"""Tax on plans as the catalog asks for it: synced to Stripe before a plan is previewed, and by `flask catalog sync`
for existing subscriptions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.billing import catalog
from app.billing.catalog import Catalog, Plan, versions
from app.billing.plans.refusals import ChangeRefusedError, Refusal
from app.payments import subscriptions
from app.payments.errors import RefusedError
from app.payments.subscription_facts import StripeSubscription

NO_LOCATION = "customer_tax_location_invalid"
"""Stripe's code for a customer whose tax location is unknown (https://docs.stripe.com/error-codes)."""


class AddressNeededError(ChangeRefusedError, RefusedError):
    """Tax depends on the organization's location, and Stripe has no address for it."""

    refusal = Refusal.NO_ADDRESS

    def __init__(self) -> None:
        super().__init__(NO_LOCATION, "The tax on plans depends on a billing address, which is missing.")


def ensure(subscription: StripeSubscription, plan: Plan) -> StripeSubscription:
    """Apply the catalog's tax setting to a subscription before it is changed to a paid plan.

    Without a tax setting in the catalog, what an operator set at Stripe stays. Raises `AddressNeededError`, and what
    `app.payments` raises.
    """
    wanted = catalog.current().tax
    if wanted is None or not plan.price or subscription.tax == wanted:
        return subscription
    try:
        return subscriptions.set_tax(subscription.id, wanted)
    except RefusedError as error:
        if error.code == NO_LOCATION:
            raise AddressNeededError from error
        raise


@dataclass(frozen=True, slots=True)
class TaxDifference:
    """A subscription whose tax differs from the catalog's setting, as text."""

    subscription_id: str
    words: str


def differences(loaded: Catalog) -> list[TaxDifference]:
    """The subscriptions at Stripe whose tax differs. Raises what `app.payments` raises."""
    if loaded.tax is None:
        return []
    how = "automatic tax" if loaded.tax.automatic else f"the tax rates {', '.join(loaded.tax.rates)}"
    return [
        TaxDifference(one.id, f"Subscription {one.id}: collect {how} from its next invoice on.")
        for one in subscriptions.all_running()
        if one.tax != loaded.tax and _costs_something(one)
    ]


def _costs_something(subscription: StripeSubscription) -> bool:
    """A free plan is only taxed once it is changed to another (`ensure`): until then no address is needed."""
    chosen = subscription.chosen
    return chosen is not None and bool(versions.get_plan(chosen.plan, chosen.version).price)


def sync_taxes(loaded: Catalog) -> Iterator[str]:
    """Apply the catalog's tax setting to every subscription; yields what was done, or what is needed first, as text.

    Raises what `app.payments` raises.
    """
    if loaded.tax is None:
        return
    for one in differences(loaded):
        try:
            subscriptions.set_tax(one.subscription_id, loaded.tax)
        except RefusedError as error:
            if error.code != NO_LOCATION:
                raise
            yield f"Not done: {one.words} Its customer has no address that says where it is taxed."
        else:
            yield f"Done at Stripe: {one.words}"
