"""What is sold and what is owed: prices, discounts, taxes, invoices and subscriptions, as time passes."""

from stripe_sandbox.resources.billing import (
    coupons,
    discounts,
    invoice_items,
    invoice_payments,
    invoices,
    previews,
    prices,
    products,
    promotion_codes,
    subscription_pauses,
    subscription_schedules,
    subscriptions,
    tax_rates,
    test_clocks,
)

__all__ = [
    "coupons",
    "discounts",
    "invoice_items",
    "invoice_payments",
    "invoices",
    "previews",
    "prices",
    "products",
    "promotion_codes",
    "subscription_pauses",
    "subscription_schedules",
    "subscriptions",
    "tax_rates",
    "test_clocks",
]
