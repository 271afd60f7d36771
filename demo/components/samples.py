"""What the components show: one value for each state that they have."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from app.billing.activity.history import HistoryEntry
from app.billing.catalog.quantities import Quantity
from app.billing.wallet.balance import BalanceView, OpenCredit
from app.billing.wallet.calling_state import PauseReason
from app.billing.wallet.calls_in_progress import HeldBy
from app.billing.wallet.lots.left import LotsLeft
from app.models import CallingState, TransferKind, UsageGroup
from app.money import Money

_ID = UUID(int=1)


def usd(amount: str) -> Money:
    """An amount, which may be below zero."""
    return -Money.parse(amount[1:], "USD") if amount.startswith("-") else Money.parse(amount, "USD")


def calls(now: datetime) -> tuple[HeldBy, ...]:
    """A call in progress, and one that lasts longer than usual."""
    usual = HeldBy(
        id=_ID,
        key="call-1",
        call="+1 212 555 0199",
        agent="Ava",
        campaign="Recall patients",
        amount=usd("1.20"),
        used=usd("0.42"),
        since=now - timedelta(minutes=3),
        until=now + timedelta(minutes=6),
        has_story=False,
        overdue_since=None,
    )
    return usual, replace(usual, id=UUID(int=2), agent="", overdue_since=now - timedelta(minutes=1))


def balances(now: datetime) -> list[tuple[str, BalanceView]]:
    """The balance of a wallet in each of its states."""
    active = BalanceView(
        available=usd("385.63"),
        posted=usd("512.29"),
        held=usd("6.74"),
        set_aside=usd("119.92"),
        envelopes=(OpenCredit("Recall patients", usd("119.92"), now.date() + timedelta(days=4)),),
        reserve=usd("5.40"),
        is_outbound_paused=False,
        calls=calls(now),
        call_count=2,
        state=CallingState.ACTIVE,
        reason=None,
        threshold=usd("100"),
        paused_since=None,
        paused_by=None,
        missing=None,
        forecast=None,
        credit=LotsLeft(),
        past=(),
        auto_top_up=None,
        stop=None,
        stopped_by=None,
        limits_turn_at=None,
        version=1,
    )
    low = replace(
        active, available=usd("42.10"), posted=usd("48.84"), state=CallingState.LOW, envelopes=(), calls=()
    )
    fresh = replace(
        low,
        available=usd("0"),
        posted=usd("0"),
        held=usd("0"),
        call_count=0,
        state=CallingState.PAUSED,
        reason=PauseReason.NO_CREDIT,
        missing=usd("10"),
    )
    paused = replace(
        fresh,
        available=usd("-172.41"),
        posted=usd("-172.41"),
        missing=usd("172.42"),
        paused_since=now - timedelta(hours=5),
    )
    reserved = replace(
        paused,
        available=usd("0"),
        posted=usd("6.74"),
        held=usd("6.74"),
        call_count=2,
        reason=PauseReason.CREDIT_RESERVED,
        missing=usd("10"),
    )
    aside = replace(
        reserved, reason=PauseReason.SET_ASIDE, envelopes=active.envelopes, held=usd("0"), call_count=0
    )
    return [
        ("Active, with calls in progress and an envelope", active),
        ("Low", low),
        ("Outbound calls paused by the reserve", replace(low, available=usd("5"), is_outbound_paused=True)),
        ("No credit yet", fresh),
        ("Paused: credit ran out", paused),
        ("Paused by a refund", replace(paused, paused_by=TransferKind.REFUND)),
        ("Paused by a dispute", replace(paused, paused_by=TransferKind.DISPUTE)),
        ("Paused: all credit is reserved", reserved),
        ("Paused: the rest is set aside", aside),
    ]


def history(now: datetime) -> list[HistoryEntry]:
    """A line of each kind and status."""
    usage = HistoryEntry(
        id=_ID,
        at=now,
        day=now.date(),
        kind=TransferKind.USAGE,
        detail="",
        quantities=(Quantity("calls_outbound", 129, "min"), Quantity("tokens_in", 239_929, "tokens")),
        amount=usd("-3.68"),
        balance=usd("466.43"),
        status="posted",
        usage_group=UsageGroup.CALLING,
        top_up_id=None,
        position=2,
        has_receipt=False,
    )
    top_up = replace(
        usage,
        kind=TransferKind.TOP_UP,
        usage_group=None,
        quantities=(),
        detail="Visa ending in 4242",
        amount=usd("50"),
        top_up_id=_ID,
        has_receipt=True,
    )
    unposted = [
        replace(top_up, status=status, balance=None, has_receipt=False)
        for status in ("pending", "action", "declined", "unconfirmed")
    ]
    refund = replace(
        top_up,
        kind=TransferKind.REFUND,
        amount=usd("-50"),
        detail="Refunded to Visa ending in 4242",
        has_receipt=False,
    )
    credit = replace(
        refund,
        kind=TransferKind.PROMOTION,
        amount=usd("100"),
        detail="Thanks for a good year",
        top_up_id=None,
    )
    lines = [usage, top_up, *unposted, refund, credit]
    return [replace(line, id=UUID(int=number)) for number, line in enumerate(lines, start=1)]
