"""Invoices as Stripe has them now: one row each, no drafts, and a failure that is remembered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from app.billing.invoices import records
from app.extensions import db
from app.models import Invoice, InvoiceStatus, Organization
from app.payments.invoice_sums import SumKind, SumLine, Sums
from app.payments.invoices import CardPayment, StripeInvoice
from app.payments.statuses import StripeInvoiceStatus
from tests.factories import an_organization, at, usd

ISSUED = at("2026-11-01 09:00")
OPEN = StripeInvoice(
    id="in_1",
    number="HD-1",
    customer_id="cus_1",
    description="Growth plan",
    status=StripeInvoiceStatus.OPEN,
    issued_at=ISSUED,
    total=usd("99"),
    due=usd("99"),
    attempts=1,
    next_try_at=None,
    period=(ISSUED, at("2026-12-01 09:00")),
    sums=Sums((SumLine("Growth plan", usd("99"), SumKind.CHARGE),), usd("99"), usd("99")),
)
PAID_AT = at("2026-11-01 10:00")
PAID = replace(OPEN, status=StripeInvoiceStatus.PAID, due=usd("0"))


def stored(organization: Organization) -> list[Invoice]:
    db.session.expire_all()
    return list(db.session.scalars(db.select(Invoice).where(Invoice.org_id == organization.id)))


def test_an_invoice_is_stored_as_stripe_has_it(app: Flask) -> None:
    organization = an_organization()
    assert records.upsert(organization, OPEN) is True
    (view,) = records.newest(organization, 5)
    assert (view.number, view.description, view.issued_at) == ("HD-1", "Growth plan", ISSUED)
    assert (view.amount, view.period, view.sums) == (usd("99"), OPEN.period, OPEN.sums)
    assert (view.status, view.label, view.is_open) == (InvoiceStatus.OPEN, "Open", True)


def test_which_card_paid_is_stored_once_one_has(app: Flask) -> None:
    organization = an_organization()
    records.upsert(organization, OPEN)
    assert [(one.paid_with, one.charged_micro, one.paid_at) for one in stored(organization)] == [
        (None, None, None)
    ]
    # The rest was paid from the balance at Stripe.
    records.upsert(organization, replace(PAID, paid=CardPayment("pm_1", usd("90"), PAID_AT)))
    assert [(one.paid_with, one.charged_micro, one.paid_at) for one in stored(organization)] == [
        ("pm_1", 90_000_000, PAID_AT)
    ]


def test_what_stripe_changed_is_changed_in_the_same_row(app: Flask) -> None:
    organization = an_organization()
    records.upsert(organization, OPEN)
    (before,) = stored(organization)
    id_ = before.id
    records.upsert(organization, replace(PAID, description="Growth", total=usd("90"), period=None))
    (after,) = stored(organization)
    assert (after.id, after.status) == (id_, InvoiceStatus.PAID)
    assert (after.description, after.amount, after.period_start) == ("Growth", usd("90"), None)


@pytest.mark.parametrize("status", [StripeInvoiceStatus.DRAFT, StripeInvoiceStatus("deleted_by_stripe")])
def test_a_draft_or_an_unknown_status_stores_nothing(app: Flask, status: StripeInvoiceStatus) -> None:
    organization = an_organization()
    assert records.upsert(organization, replace(OPEN, status=status)) is False
    assert stored(organization) == []


def test_a_draft_leaves_what_was_stored_before_as_it_is(app: Flask) -> None:
    organization = an_organization()
    records.upsert(organization, OPEN)
    records.upsert(organization, replace(OPEN, status=StripeInvoiceStatus.DRAFT, total=usd("1")))
    assert stored(organization)[0].amount == usd("99")


def test_the_first_failure_is_remembered_also_once_it_is_paid(app: Flask) -> None:
    organization = an_organization()
    failed_at = ISSUED + timedelta(hours=1)
    records.upsert(organization, OPEN)
    records.upsert(organization, OPEN, failed_at=failed_at)
    records.upsert(organization, OPEN, failed_at=failed_at + timedelta(days=3))
    assert records.newest(organization, 1)[0].label == "Payment failed"
    records.upsert(organization, PAID)
    (invoice,) = stored(organization)
    assert invoice.failed_at == failed_at
    assert records.view(invoice).label == "Failed, then paid"


@pytest.mark.parametrize(
    ("status", "label", "tone"),
    [
        ("paid", "Paid", "good"),
        ("open", "Open", "warn"),
        ("void", "Void", "neutral"),
        ("uncollectible", "Written off", "bad"),
    ],
)
def test_each_status_is_said_in_a_word(app: Flask, status: str, label: str, tone: str) -> None:
    organization = an_organization()
    records.upsert(organization, replace(OPEN, status=StripeInvoiceStatus(status)))
    (view,) = records.newest(organization, 1)
    assert (view.label, view.tone, view.is_open) == (label, tone, status == "open")


def test_the_same_invoice_of_two_organizations_is_two_rows(app: Flask) -> None:
    one, other = an_organization(), an_organization()
    records.upsert(one, OPEN)
    records.upsert(other, PAID)
    assert [view.status for view in records.newest(one, 5)] == [InvoiceStatus.OPEN]
    assert [view.status for view in records.newest(other, 5)] == [InvoiceStatus.PAID]


def test_the_newest_come_first_and_the_later_stored_of_one_moment(app: Flask) -> None:
    organization = an_organization()
    assert records.newest(organization, 2) == []
    for number, hours in [("HD-1", 1), ("HD-2", 0), ("HD-3", 1)]:
        issued_at = ISSUED + timedelta(hours=hours)
        records.upsert(organization, replace(OPEN, id=number, number=number, issued_at=issued_at))
    assert [view.number for view in records.newest(organization, 2)] == ["HD-3", "HD-1"]


def test_an_invoice_is_found_by_its_own_organization_only(app: Flask) -> None:
    mine, other = an_organization(), an_organization()
    records.upsert(mine, OPEN)
    (invoice,) = stored(mine)
    assert records.find(mine, invoice.id).number == "HD-1"
    for organization, id_ in [(other, invoice.id), (mine, uuid4())]:
        with pytest.raises(records.UnknownInvoiceError, match=str(id_)):
            records.find(organization, id_)
