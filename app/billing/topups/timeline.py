"""The timeline of a paid top-up: the payment, refunds and disputes, and what is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from app.billing.wallet import line_details
from app.extensions import db
from app.language import marked, translated
from app.models import HAS_OWN_CAUSE, Dispute, TopUp, Transfer, TransferKind, User, WalletLine
from app.money import Money
from app.payments.statuses import DisputeStatus


class Stage(StrEnum):
    """The stage of a dispute, as pages show it."""

    ASKED = "asked"  # an inquiry: the bank has withdrawn nothing
    SETTLED = "settled"  # the inquiry was closed
    OPEN = "open"  # the money is withdrawn, the bank waits for a response
    ANSWERED = "answered"  # the response is under review
    WON = "won"
    LOST = "lost"


_STAGES = {
    DisputeStatus.WARNING_NEEDS_RESPONSE: Stage.ASKED,
    DisputeStatus.WARNING_UNDER_REVIEW: Stage.ASKED,
    DisputeStatus.WARNING_CLOSED: Stage.SETTLED,
    DisputeStatus.PREVENTED: Stage.SETTLED,
    DisputeStatus.NEEDS_RESPONSE: Stage.OPEN,
    "appeal_needs_response": Stage.OPEN,
    DisputeStatus.WON: Stage.WON,
    DisputeStatus.LOST: Stage.LOST,
}
"""Stripe's statuses (https://docs.stripe.com/api/disputes/object); an unknown one counts as under review."""

_REASONS = {
    "credit_not_processed": marked("A promised refund wasn't received."),
    "duplicate": marked("It was charged twice."),
    "fraudulent": marked("The cardholder didn't make this payment."),
    "product_not_received": marked("What was paid for wasn't received."),
    "product_unacceptable": marked("What was paid for wasn't as described."),
    "subscription_canceled": marked("It was charged after it was canceled."),
    "unrecognized": marked("The cardholder doesn't recognize this payment."),
}
"""What the cardholder told the bank, if the code says anything (https://docs.stripe.com/disputes/categories)."""


@dataclass(frozen=True, slots=True)
class Event:
    """A movement of credit for the top-up; `left` is what remains after it; `returned` if it was credited again."""

    at: datetime
    kind: TransferKind
    detail: str
    amount: Money
    left: Money
    source: str

    @property
    def returned(self) -> bool:
        return self.kind is TransferKind.REFUND_REVERSAL


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute of the top-up. `stands` is what it has withdrawn now; `due` is the bank's deadline for a response."""

    stage: Stage
    opened_at: datetime
    amount: Money
    stands: Money
    reason: str | None
    due: datetime | None


@dataclass(frozen=True, slots=True)
class TopUpStory:
    """Payment, clawbacks and returns, in order of time. `mark` changes with every event."""

    paid_at: datetime | None
    paid_by: str | None
    events: tuple[Event, ...]
    disputes: tuple[DisputeView, ...]
    left: Money
    mark: str

    @property
    def is_touched(self) -> bool:
        """Whether there was any clawback or inquiry."""
        return len(self.events) > 1 or bool(self.disputes)

    @property
    def has_failed_refund(self) -> bool:
        return any(event.returned for event in self.events)

    @property
    def has_open_dispute(self) -> bool:
        return any(dispute.stage in {Stage.OPEN, Stage.ANSWERED} for dispute in self.disputes)


def build(top_up: TopUp) -> TopUpStory:
    """The timeline of a paid top-up. At most three statements."""
    events = _events(top_up)
    disputes = _disputes(top_up, events)
    payer = db.session.get(User, top_up.created_by) if top_up.created_by else None
    return TopUpStory(
        paid_at=top_up.settled_at,
        paid_by=(payer.name or payer.email) if payer else None,
        events=events,
        disputes=disputes,
        left=events[-1].left if events else top_up.amount,
        mark="-".join([str(len(events)), *(dispute.stage.value for dispute in disputes)]),
    )


def _events(top_up: TopUp) -> tuple[Event, ...]:
    # Usage lines have no top-up; naming the other kinds makes the query use the index of kinds.
    kinds = [kind for kind in TransferKind if kind is not TransferKind.USAGE]
    rows = db.session.execute(
        select(WalletLine.at, WalletLine.kind, WalletLine.detail, WalletLine.amount_micro, Transfer.source)
        .join(Transfer, (Transfer.org_id == WalletLine.org_id) & (Transfer.line_id == WalletLine.id))
        .where(WalletLine.org_id == top_up.org_id, WalletLine.kind.in_(kinds))
        .where(WalletLine.top_up_id == top_up.id)
        .order_by(WalletLine.seq)
    )
    events: list[Event] = []
    left = 0
    for row in rows:
        left += row.amount_micro
        events.append(_event(row, left, top_up.currency))
    return tuple(events)


def _event(row: Any, left: int, currency: str) -> Event:
    return Event(
        at=row.at,
        kind=row.kind,
        detail=line_details.to_read(row.detail),
        amount=Money(row.amount_micro, currency),
        left=Money(left, currency),
        source=row.source,
    )


def _disputes(top_up: TopUp, events: tuple[Event, ...]) -> tuple[DisputeView, ...]:
    query = (
        select(Dispute)
        .where(Dispute.org_id == top_up.org_id, Dispute.top_up_id == top_up.id)
        .order_by(Dispute.opened_at)
    )
    found = db.session.scalars(query, execution_options={"populate_existing": True})
    return tuple(_dispute(dispute, events) for dispute in found)


def _dispute(dispute: Dispute, events: tuple[Event, ...]) -> DisputeView:
    own = [event for event in events if event.source.split(":")[0] == dispute.stripe_id]
    stage = _STAGES.get(dispute.status, Stage.ANSWERED)
    return DisputeView(
        stage=stage,
        opened_at=own[0].at if own else dispute.opened_at,
        amount=dispute.amount,
        stands=Money(-sum(event.amount.micro for event in own), dispute.currency),
        reason=translated(_REASONS.get(dispute.reason, "")) or None,
        due=dispute.evidence_due_at if stage in {Stage.ASKED, Stage.OPEN} else None,
    )


def has_resumed_calling(top_up: TopUp) -> bool:
    """Whether calling was paused until this top-up came: the balance was zero or less before, and more with it. The
    wallet's first credit resumes nothing."""
    query = select(Transfer.balance_after_micro).where(
        Transfer.org_id == top_up.org_id,
        Transfer.kind == TransferKind.TOP_UP,
        Transfer.source == top_up.payment_intent_id,
        HAS_OWN_CAUSE,
        Transfer.seq > 1,
    )
    after = db.session.scalar(query)
    return after is not None and after - top_up.amount_micro <= 0 < after
