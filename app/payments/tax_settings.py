"""How a subscription is taxed: automatically, or by rates; never both
(https://docs.stripe.com/billing/taxes/collect-taxes)."""

from __future__ import annotations

from dataclasses import dataclass

import stripe


@dataclass(frozen=True, slots=True)
class TaxSettings:
    """`automatic` lets Stripe calculate tax by the customer's location; `rates` are ids of tax rates at Stripe."""

    automatic: bool = False
    rates: tuple[str, ...] = ()

    @property
    def as_params(self) -> stripe.params.SubscriptionUpdateParams:
        """As parameters of a subscription. Not allowed together with a pending update
        (https://docs.stripe.com/billing/subscriptions/pending-updates-reference)."""
        return {
            "automatic_tax": {"enabled": self.automatic},
            "default_tax_rates": list(self.rates) if self.rates else "",
        }


def read(found: stripe.Subscription) -> TaxSettings:
    """How a subscription is taxed now."""
    rates = tuple(rate.id for rate in found.default_tax_rates or ())
    return TaxSettings(automatic=found.automatic_tax.enabled, rates=rates)
