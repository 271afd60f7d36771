"""How long the steps of a purchase may take before another process recovers them."""

from __future__ import annotations

from datetime import timedelta

FIRST_CHECK = timedelta(seconds=15)
"""When the job first checks a purchase: after the page's own response."""

RESEND_WITHIN = timedelta(minutes=10)
"""How long after a person pressed Pay or Confirm the request is still sent if it never reached Stripe. Well within
the day for which Stripe keeps idempotency keys, so that sending it again can't charge again."""

STALE_AFTER = timedelta(minutes=2)
"""How old an open purchase must be before the sweep recovers it: until then its own job or page handles it."""
