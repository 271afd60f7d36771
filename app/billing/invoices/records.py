"""Invoices: issued by Stripe, and recorded here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import Executable, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from app.billing.invoices import packed_sums
from app.billing.invoices.subjects import subject_of
from app.extensions import db
from app.ids import uuid7
from app.language import gettext, pgettext
from app.models import Invoice, InvoiceStatus, Organization
from app.money import Money
from app.payments.invoice_sums import Sums
from app.payments.invoices import StripeInvoice

_TONES = {
    InvoiceStatus.PAID: "good",
    InvoiceStatus.OPEN: "warn",
    InvoiceStatus.VOID: "neutral",
    InvoiceStatus.UNCOLLECTIBLE: "bad",
}

_KEPT = frozenset(status.value for status in InvoiceStatus)


class UnknownInvoiceError(LookupError):
    """The organization has no such invoice."""


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """An invoice as lists show it; `period` includes its first day but not its end.

    `sums` is the breakdown of its amount, if known. `description` is as Stripe says it, and ours in the reader's
    language, as `label` is.
    """

    id: UUID
    number: str
    description: str
    issued_at: datetime
    amount: Money
    status: InvoiceStatus
    label: str
    tone: str
    period: tuple[datetime, datetime] | None
    sums: Sums | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still has to be paid."""
        return self.status is InvoiceStatus.OPEN


def upsert(organization: Organization, invoice: StripeInvoice, *, failed_at: datetime | None = None) -> bool:
    """Store an invoice as Stripe has it now; False for a draft, which is not due yet.

    `failed_at` is when an attempt to charge it failed; the first one is kept, even once it was paid.
    """
    if invoice.status not in _KEPT:
        return False
    values = {
        "number": invoice.number,
        "description": invoice.description,
        "issued_at": invoice.issued_at,
        "amount_micro": invoice.total.micro,
        "currency": invoice.total.currency,
        "status": InvoiceStatus(invoice.status),
        "period_start": invoice.period[0] if invoice.period else None,
        "period_end": invoice.period[1] if invoice.period else None,
        "sums": packed_sums.pack(invoice.sums),
        "paid_with": invoice.paid.method_id if invoice.paid else None,
        "charged_micro": invoice.paid.amount.micro if invoice.paid else None,
        "paid_at": invoice.paid.at if invoice.paid else None,
    }
    fresh = insert(Invoice).values(
        org_id=organization.id, id=uuid7(), stripe_id=invoice.id, failed_at=failed_at, **values
    )
    failed_first = func.coalesce(Invoice.failed_at, fresh.excluded.failed_at)
    db.session.execute(
        fresh.on_conflict_do_update(
            index_elements=[Invoice.org_id, Invoice.stripe_id], set_={**values, "failed_at": failed_first}
        )
    )
    return True


def newest(organization: Organization, count: int) -> list[InvoiceView]:
    """The newest invoices. One statement."""
    found = db.session.scalars(_newest(), {"of": organization.id, "count": count})
    return [view(invoice) for invoice in found]


@cache
def _newest() -> Executable:
    """Built once: the Overview asks it with each view."""
    return (
        select(Invoice)
        .where(Invoice.org_id == bindparam("of"))
        .order_by(Invoice.issued_at.desc(), Invoice.id.desc())
        .limit(bindparam("count"))
    )


def find(organization: Organization, invoice_id: UUID) -> Invoice:
    """The organization's invoice of this id. Raises `UnknownInvoiceError`."""
    invoice = db.session.get(Invoice, (organization.id, invoice_id))
    if invoice is None:
        raise UnknownInvoiceError(str(invoice_id))
    return invoice


def label_of(status: InvoiceStatus) -> str:
    """What people call a status, in the reader's language."""
    return {
        InvoiceStatus.PAID: pgettext("an invoice", "Paid"),
        InvoiceStatus.OPEN: pgettext("an invoice", "Open"),
        InvoiceStatus.VOID: pgettext("an invoice", "Void"),
        InvoiceStatus.UNCOLLECTIBLE: pgettext("an invoice", "Written off"),
    }[status]


def view(invoice: Invoice) -> InvoiceView:
    """An invoice as lists show it."""
    label, tone = label_of(invoice.status), _TONES[invoice.status]
    if invoice.failed_at is not None:
        label, tone = (
            (gettext("Failed, then paid"), "good")
            if invoice.status is InvoiceStatus.PAID
            else (gettext("Payment failed"), "bad")
        )
    return InvoiceView(
        id=invoice.id,
        number=invoice.number,
        description=subject_of(invoice.description),
        issued_at=invoice.issued_at,
        amount=invoice.amount,
        status=invoice.status,
        label=label,
        tone=tone,
        period=(invoice.period_start, invoice.period_end)
        if invoice.period_start and invoice.period_end
        else None,
        sums=packed_sums.unpack(invoice.sums) if invoice.sums else None,
    )
