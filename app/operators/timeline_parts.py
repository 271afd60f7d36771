"""The parts of an organization's timeline: each a query of the same columns, over a table of its own."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Select, Text, Uuid, cast, func, literal, null, select
from sqlalchemy.dialects.postgresql import JSONB

from app.models import (
    AuditEvent,
    DeliveryState,
    Dispute,
    Hold,
    Invoice,
    Mail,
    PlatformDelivery,
    PlatformMessage,
    TopUp,
    WalletLine,
)


class Part(StrEnum):
    """What can be looked at by itself."""

    CREDIT = "credit"  # lines of the wallet's history
    TOP_UPS = "top_ups"
    INVOICES = "invoices"
    DISPUTES = "disputes"
    EMAILS = "emails"
    MESSAGES = "messages"  # to the platform
    AUDIT = "audit"
    HOLDS = "holds"


def _from(table: Any, at: Any, id_: Any, what: Any, **more: Any) -> tuple[Any, Select[Any]]:
    text = {name: cast(more.get(name, literal("")), Text) for name in ("subject", "state", "note", "actor")}
    columns = select(
        at.label("at"),
        id_.label("id"),
        cast(what, Text).label("what"),
        *(func.coalesce(column, "").label(name) for name, column in text.items()),
        cast(more.get("amount", null()), BigInteger).label("amount"),
        cast(more.get("details", null()), JSONB).label("details"),
    )
    return table, columns


_FAILED = (
    select(literal(DeliveryState.FAILED.value))
    .where(
        PlatformDelivery.org_id == PlatformMessage.org_id,
        PlatformDelivery.message_id == PlatformMessage.id,
        PlatformDelivery.state == DeliveryState.FAILED,
    )
    .limit(1)
    .correlate(PlatformMessage)
    .scalar_subquery()
)
"""Of a message: whether an endpoint didn't take it."""

_PARTS = {
    Part.CREDIT: _from(
        WalletLine,
        WalletLine.at,
        WalletLine.id,
        WalletLine.kind,
        subject=WalletLine.usage_group,
        note=WalletLine.detail,
        amount=WalletLine.amount_micro,
    ),
    Part.TOP_UPS: _from(
        TopUp,
        TopUp.created_at,
        TopUp.id,
        literal("top_up"),
        subject=TopUp.payment_intent_id,
        state=TopUp.status,
        note=TopUp.decline_code,
        amount=TopUp.amount_micro,
    ),
    Part.INVOICES: _from(
        Invoice,
        Invoice.issued_at,
        Invoice.id,
        Invoice.description,
        subject=Invoice.number,
        state=Invoice.status,
        note=Invoice.stripe_id,
        amount=Invoice.amount_micro,
    ),
    Part.DISPUTES: _from(
        Dispute,
        Dispute.opened_at,
        cast(func.md5(Dispute.stripe_id), Uuid),
        literal("dispute"),
        subject=Dispute.stripe_id,
        state=Dispute.status,
        note=Dispute.reason,
        amount=Dispute.amount_micro,
    ),
    Part.EMAILS: _from(
        Mail,
        Mail.created_at,
        Mail.id,
        Mail.kind,
        subject=Mail.subject,
        state=Mail.state,
        note=Mail.note,
    ),
    Part.MESSAGES: _from(
        PlatformMessage,
        PlatformMessage.created_at,
        PlatformMessage.id,
        PlatformMessage.type,
        state=_FAILED,
    ),
    Part.AUDIT: _from(
        AuditEvent,
        AuditEvent.at,
        AuditEvent.id,
        AuditEvent.action,
        subject=AuditEvent.subject,
        actor=AuditEvent.actor,
        details=AuditEvent.details,
    ),
    Part.HOLDS: _from(
        Hold,
        Hold.created_at,
        Hold.id,
        func.coalesce(Hold.call, Hold.key),
        subject=Hold.campaign,
        state=Hold.state,
        note=Hold.agent,
        amount=Hold.amount_micro,
    ),
}
"""The table of each part, and the columns of it that say what happened."""


def query_of(part: Part, org_id: UUID) -> Select[Any]:
    """All of a part in an organization, in no order."""
    table, columns = _PARTS[part]
    return columns.add_columns(literal(part.value).label("part")).where(table.org_id == org_id)
