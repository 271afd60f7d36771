"""How long the steps of a purchase may take before someone else takes them up."""

from __future__ import annotations

from datetime import timedelta

FIRST_LOOK = timedelta(seconds=15)
"""When the job first looks at what was begun: later than a page's own answer."""

RESEND_WITHIN = timedelta(minutes=10)
"""How long after a person pressed Pay or Confirm it is still made when the request never reached Stripe. Well within
the day for which Stripe keeps idempotency keys, so that sending it again can't charge again."""

LEFT_ALONE_FOR = timedelta(minutes=2)
"""How old an open purchase must be before the sweep takes it up: until then its own job or page is at it."""
