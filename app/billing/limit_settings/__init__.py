"""What owners and the platform set: limits on spend, requests for more, and opened destinations; and who is told."""

from __future__ import annotations

__all__ = ["decisions", "destinations", "drafts", "previews", "requests", "settings", "telling"]
