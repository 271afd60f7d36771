"""One look at an organization's auto top-up, with everything locked that it is decided by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.models import AutoTopUp, Organization, Wallet


@dataclass(frozen=True, slots=True)
class Look:
    """The settings and the locked wallet, at a moment."""

    organization: Organization
    wallet: Wallet
    settings: AutoTopUp
    at: datetime

    @property
    def is_waiting(self) -> bool:
        """Whether the next try is planned and still to come."""
        return self.settings.next_try_at is not None and self.at < self.settings.next_try_at

    @property
    def is_time(self) -> bool:
        """Whether the planned try is due."""
        return self.settings.next_try_at is not None and self.at >= self.settings.next_try_at
