"""What emails say about credit that was set aside for a campaign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.money import Money
from app.notify.emails.email import Email, ReadBy


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeEnded(Email):
    """The last day of an envelope of `amount` is over: `spent` of it was used, `held` is still reserved by calls in
    progress, and `returned` is available credit again."""

    kind: ClassVar[str] = "envelope_ended"
    read_by: ClassVar[ReadBy] = "owners"
    campaign: str
    amount: Money
    spent: Money
    held: Money
    returned: Money
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeCut(Email):
    """Refunds, disputes or expiry took `taken` out of an envelope, in all; `left` is what it has for calls until the
    end of the day `until`."""

    kind: ClassVar[str] = "envelope_cut"
    read_by: ClassVar[ReadBy] = "owners"
    campaign: str
    taken: Money
    left: Money
    until: date
