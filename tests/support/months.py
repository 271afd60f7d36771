"""Months of a wallet as chance has them: credit, usage, what comes late and what corrects it, in zones from end to end."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from app.extensions import db
from app.models import Organization, Transfer, TransferKind
from app.money import Money
from app.months import Month
from tests.factories import at
from tests.support.moving import correct, post, use

Step = tuple[str, int, int]
"""What happens, how many minutes after the step before, and how much of it."""

zones = st.sampled_from(
    [
        "Etc/GMT+12",
        "America/St_Johns",
        "America/New_York",
        "UTC",
        "Europe/Berlin",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Kiritimati",
    ]
)
"""From twelve hours behind UTC to fourteen ahead; in some the clock goes forward or back in the months played."""

_OUT = {"refund": TransferKind.REFUND, "clawback": TransferKind.ADJUSTMENT, "expire": TransferKind.EXPIRY}
_IN = {
    "top up": TransferKind.TOP_UP,
    "make good": TransferKind.ADJUSTMENT,
    "promote": TransferKind.PROMOTION,
}
_BEGIN = "2026-03-06 12:00"
_CAMPAIGNS = ("Recall", None, "#strong[x] $y$", "Жук & Ω <b>")

plays = st.lists(
    st.tuples(
        st.sampled_from([*_OUT, *_IN, "use", "use", "late", "correct"]),
        st.integers(0, 20 * 24 * 60),
        st.integers(1, 3_000_000),
    ),
    min_size=1,
    max_size=12,
)


def play(organization: Organization, played: list[Step]) -> None:
    """Let it happen. An event is corrected once, and not where there is none."""
    now, used = at(_BEGIN), list[str]()
    for what, minutes, size in played:
        now += timedelta(minutes=minutes)
        if kind := _OUT.get(what) or _IN.get(what):
            post(organization, kind, Money(size, organization.currency), now, out=what in _OUT)
        elif what != "correct":
            used_at = now - timedelta(days=30 if what == "late" else 0)
            campaign = _CAMPAIGNS[size % len(_CAMPAIGNS)]
            used.append(use(organization, size, used_at, posted_at=now, campaign=campaign))
        elif used:
            correct(organization, used.pop(), size // 2, now)


def closings(organization: Organization) -> dict[Month, Money]:
    """What the ledger's transfers left at the end of each month in which there were any, by the zone's calendar."""
    zone = ZoneInfo(organization.timezone)
    query = db.select(Transfer).where(Transfer.org_id == organization.id).order_by(Transfer.seq)
    return {
        _month_of(transfer.posted_at, zone): Money(transfer.balance_after_micro, organization.currency)
        for transfer in db.session.scalars(query)
    }


def _month_of(when: datetime, zone: ZoneInfo) -> Month:
    return Month.of(when.astimezone(zone).date())
