"""What comes next: each charge and change that is already known or expected, with its day, card and amount."""

from __future__ import annotations

from app.billing.coming_up.entries import ComingEntry, Kind, list_entries

__all__ = ["ComingEntry", "Kind", "list_entries"]
