"""How long credit lasts, from the organization's own hours of the week and the campaigns in progress.

The profile is made in the background, once an hour, and stored in one row. What it means for a balance is computed
whenever it is asked for.
"""

from __future__ import annotations

from app.billing.forecast.by_day import Ahead, spend_ahead
from app.billing.forecast.curve import Left, left_by_day
from app.billing.forecast.expiring import Losses
from app.billing.forecast.lasting import (
    NOTICE,
    RIGHT_OF_TEN,
    History,
    Lasting,
    Standing,
    dry_at,
    find_profile,
    gather,
    is_near,
    lasts,
    spend_between,
)
from app.billing.forecast.outlook import FURTHEST, Dryness, Spend, spend_until
from app.billing.forecast.profile import Profile
from app.billing.forecast.stored import find_stale, profile_of, refresh

__all__ = [
    "FURTHEST",
    "NOTICE",
    "RIGHT_OF_TEN",
    "Ahead",
    "Dryness",
    "History",
    "Lasting",
    "Left",
    "Losses",
    "Profile",
    "Spend",
    "Standing",
    "dry_at",
    "find_profile",
    "find_stale",
    "gather",
    "is_near",
    "lasts",
    "left_by_day",
    "profile_of",
    "refresh",
    "spend_ahead",
    "spend_between",
    "spend_until",
]
