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


def _columns(part: Part, at: Any, id_: Any, what: Any, **more: Any) -> Select[Any]:
    text = {name: cast(more.get(name, literal("")), Text) for name in ("subject", "state", "note", "actor")}
    return select(
        literal(part.value).label("part"),
        at.label("at"),
        id_.label("id"),
        cast(what, Text).label("what"),
        *(func.coalesce(column, "").label(name) for name, column in text.items()),
        cast(more.get("amount", null()), BigInteger).label("amount"),
        cast(more.get("details", null()), JSONB).label("details"),
    )


def _credit(org_id: UUID) -> Select[Any]:
    return _columns(
        Part.CREDIT,
        WalletLine.at,
        WalletLine.id,
        WalletLine.kind,
        subject=WalletLine.usage_group,
        note=WalletLine.detail,
        amount=WalletLine.amount_micro,
    ).where(WalletLine.org_id == org_id)


def _top_ups(org_id: UUID) -> Select[Any]:
    return _columns(
        Part.TOP_UPS,
        TopUp.created_at,
        TopUp.id,
        literal("top_up"),
        subject=TopUp.payment_intent_id,
        state=TopUp.status,
        note=TopUp.decline_code,
        amount=TopUp.amount_micro,
    ).where(TopUp.org_id == org_id)


def _invoices(org_id: UUID) -> Select[Any]:
    return _columns(
        Part.INVOICES,
        Invoice.issued_at,
        Invoice.id,
        Invoice.description,
        subject=Invoice.number,
        state=Invoice.status,
        note=Invoice.stripe_id,
        amount=Invoice.amount_micro,
    ).where(Invoice.org_id == org_id)


def _disputes(org_id: UUID) -> Select[Any]:
    return _columns(
        Part.DISPUTES,
        Dispute.opened_at,
        cast(func.md5(Dispute.stripe_id), Uuid),
        literal("dispute"),
        subject=Dispute.stripe_id,
        state=Dispute.status,
        note=Dispute.reason,
        amount=Dispute.amount_micro,
    ).where(Dispute.org_id == org_id)


def _emails(org_id: UUID) -> Select[Any]:
    return _columns(
        Part.EMAILS,
        Mail.created_at,
        Mail.id,
        Mail.kind,
        subject=Mail.subject,
        state=Mail.state,
        note=Mail.note,
    ).where(Mail.org_id == org_id)


def _messages(org_id: UUID) -> Select[Any]:
    failed = (
        select(literal(DeliveryState.FAILED.value))
        .where(
            PlatformDelivery.org_id == org_id,
            PlatformDelivery.message_id == PlatformMessage.id,
            PlatformDelivery.state == DeliveryState.FAILED,
        )
        .limit(1)
        .correlate(PlatformMessage)
        .scalar_subquery()
    )
    return _columns(
        Part.MESSAGES, PlatformMessage.created_at, PlatformMessage.id, PlatformMessage.type, state=failed
    ).where(PlatformMessage.org_id == org_id)


def _audit(org_id: UUID) -> Select[Any]:
    return _columns(
        Part.AUDIT,
        AuditEvent.at,
        AuditEvent.id,
        AuditEvent.action,
        subject=AuditEvent.subject,
        actor=AuditEvent.actor,
        details=AuditEvent.details,
    ).where(AuditEvent.org_id == org_id)


def _holds(org_id: UUID) -> Select[Any]:
    return _columns(
        Part.HOLDS,
        Hold.created_at,
        Hold.id,
        func.coalesce(Hold.call, Hold.key),
        subject=Hold.campaign,
        state=Hold.state,
        note=Hold.agent,
        amount=Hold.amount_micro,
    ).where(Hold.org_id == org_id)


PARTS = {
    Part.CREDIT: _credit,
    Part.TOP_UPS: _top_ups,
    Part.INVOICES: _invoices,
    Part.DISPUTES: _disputes,
    Part.EMAILS: _emails,
    Part.MESSAGES: _messages,
    Part.AUDIT: _audit,
    Part.HOLDS: _holds,
}
