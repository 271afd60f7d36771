"""What an organization spends by the hour: counted from its transfers in the background, exact whenever it is read.

Usage counts in the hour in which it was posted, because that is when credit became less. A correction counts in the
hour of the use that it corrects, so that an hour that was reported wrong doesn't stay in the history as it was.
"""

from __future__ import annotations

from app.billing.hours.counting import count, delete_old, find_due
from app.billing.hours.spend import HourSpend, of, same_hours, spent_since

__all__ = ["HourSpend", "count", "delete_old", "find_due", "of", "same_hours", "spent_since"]
