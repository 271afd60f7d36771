"""What emails say: the facts of each kind, as they were when it happened; by subject.

Each class is a kind of email; its template has the text (`app/templates/mail/<kind>.jinja`). Facts go through JSON in
the outbox, so a field may be added with a default, and none may change its meaning.
"""

from __future__ import annotations

from app.notify.emails.accounts import (
    FactorChange,
    FactorChanged,
    IdentityConnected,
    IdentityDisconnected,
    NewSignIn,
    OwnersChanged,
    PasswordLink,
    PasswordSet,
    RecipientsChanged,
    SecurityWeakened,
    Weakening,
)
from app.notify.emails.alerts import (
    AlertChannelChange,
    AlertChannelChanged,
    AlertChannelOff,
    AlertChannelSwitchedOff,
    AlertKind,
    AlertTest,
    CreditAlert,
    CreditEnds,
    CreditRecovered,
    CreditState,
    DigestDate,
    DigestRow,
    WeeklyDigest,
)
from app.notify.emails.auto_top_ups import (
    AutoTopUpCap,
    AutoTopUpChanged,
    AutoTopUpFailed,
    AutoTopUpOff,
    AutoTopUpRefused,
    AutoTopUpResumed,
    AutoTopUpStopped,
)
from app.notify.emails.email import Email, ReadBy
from app.notify.emails.envelopes import EnvelopeCut, EnvelopeEnded
from app.notify.emails.granted_credit import CreditExpiring, CreditGranted
from app.notify.emails.limits import LimitMoreAsked, LimitMoreDecided, LimitReached
from app.notify.emails.packing import kind, pack, unpack
from app.notify.emails.plans import CardExpiring, InvoiceFailed, PlanChanged
from app.notify.emails.top_ups import (
    Calling,
    Charged,
    DailyLimitChanged,
    DisputeLost,
    DisputeOpened,
    DisputeWon,
    PaymentFailed,
    Refunded,
    RefundReturned,
    UnusualReason,
    UnusualTopUp,
)

__all__ = [
    "AlertChannelChange",
    "AlertChannelChanged",
    "AlertChannelOff",
    "AlertChannelSwitchedOff",
    "AlertKind",
    "AlertTest",
    "AutoTopUpCap",
    "AutoTopUpChanged",
    "AutoTopUpFailed",
    "AutoTopUpOff",
    "AutoTopUpRefused",
    "AutoTopUpResumed",
    "AutoTopUpStopped",
    "Calling",
    "CardExpiring",
    "Charged",
    "CreditAlert",
    "CreditEnds",
    "CreditExpiring",
    "CreditGranted",
    "CreditRecovered",
    "CreditState",
    "DailyLimitChanged",
    "DigestDate",
    "DigestRow",
    "DisputeLost",
    "DisputeOpened",
    "DisputeWon",
    "Email",
    "EnvelopeCut",
    "EnvelopeEnded",
    "FactorChange",
    "FactorChanged",
    "IdentityConnected",
    "IdentityDisconnected",
    "InvoiceFailed",
    "LimitMoreAsked",
    "LimitMoreDecided",
    "LimitReached",
    "NewSignIn",
    "OwnersChanged",
    "PasswordLink",
    "PasswordSet",
    "PaymentFailed",
    "PlanChanged",
    "ReadBy",
    "RecipientsChanged",
    "RefundReturned",
    "Refunded",
    "SecurityWeakened",
    "UnusualReason",
    "UnusualTopUp",
    "Weakening",
    "WeeklyDigest",
    "kind",
    "pack",
    "unpack",
]
