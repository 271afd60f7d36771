"""The watches of auto top-up: the threshold, and the end of credit.

Both enqueue the same job. The second is for a try that is planned for later: when credit runs out meanwhile, a backup
card is charged rather than waiting. Neither is armed again by itself: the job does that once credit is at the
threshold again, so there is one job for each fall, however credit flutters.
"""

from __future__ import annotations

from datetime import datetime

from app.billing.wallet import watches
from app.models import AutoTopUp, Wallet, WatchKind
from app.money import Money

THRESHOLD = ""
OUT_OF_CREDIT = "out_of_credit"


def arm(wallet: Wallet, settings: AutoTopUp, at: datetime) -> None:
    """Arm both for these settings; what credit is below already fires now. The wallet is locked."""
    kind, threshold = WatchKind.AUTO_TOP_UP, Money(settings.threshold_micro, wallet.currency)
    watches.arm(wallet, kind, name=OUT_OF_CREDIT, under=Money(1, wallet.currency), at=at)
    watches.arm(wallet, kind, name=THRESHOLD, under=threshold, at=at)


def rearm(wallet: Wallet, at: datetime) -> None:
    """Arm both again after they have fired. The wallet is locked."""
    for name in (THRESHOLD, OUT_OF_CREDIT):
        watches.rearm(wallet, WatchKind.AUTO_TOP_UP, name=name, at=at)


def disarm(wallet: Wallet) -> None:
    """Remove both. The wallet is locked."""
    for name in (THRESHOLD, OUT_OF_CREDIT):
        watches.disarm(wallet, WatchKind.AUTO_TOP_UP, name=name)
