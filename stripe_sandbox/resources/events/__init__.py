"""What happened, and who is notified of it."""

from stripe_sandbox.resources.events import (
    events,
    webhook_endpoints,
)

__all__ = [
    "events",
    "webhook_endpoints",
]
