"""The dashboard at `/`: what the stand-in holds, and what can be made to happen to it. It needs no script.

`blueprint` is registered once, without a prefix. Its addresses are those of Stripe's dashboard where that has them.
"""

from __future__ import annotations

from stripe_sandbox.dashboard import (
    coming,
    controls,
    customers,
    disputes,
    events,
    home,
    lists,
    objects,
    payment_methods,
    payments,
    problems,
    protection,
    requests,
    subscriptions,
    summaries,
)
from stripe_sandbox.dashboard.blueprint import blueprint

__all__ = [
    "blueprint",
    "coming",
    "controls",
    "customers",
    "disputes",
    "events",
    "home",
    "lists",
    "objects",
    "payment_methods",
    "payments",
    "problems",
    "protection",
    "requests",
    "subscriptions",
    "summaries",
]
