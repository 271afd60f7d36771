"""The brake of auto top-up: so many automatic charges an hour and a day, and a stop with one question when an hour
takes more than the organization's own past says.

Only automatic charges wait. Calls continue with the credit that there is, and people can top up as always.
"""

from __future__ import annotations

from app.billing.brake.limits import set_up
from app.billing.brake.rows import find_newest_answered, find_open, find_own

__all__ = [
    "answering",
    "band",
    "checking",
    "find_newest_answered",
    "find_open",
    "find_own",
    "limits",
    "operators",
    "set_up",
]
