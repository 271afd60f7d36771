"""What each saved card paid last, or was declined for, and which card is suggested by that."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from flask import Flask

from app.billing.cards import last_charges, payment_methods
from app.billing.cards.last_charges import LastCharge
from app.clock import utc_now
from app.extensions import db
from app.models import Invoice, InvoiceStatus, Organization, PaymentMethod, TopUp, TopUpStatus
from tests.factories import a_card, an_organization, usd
from tests.support.statements import statements

PAID, DECLINED = TopUpStatus.SUCCEEDED, TopUpStatus.DECLINED
NOW = utc_now()


def a_top_up(card: PaymentMethod, status: TopUpStatus, *, hours_ago: int, amount: str = "50") -> None:
    at = NOW - timedelta(hours=hours_ago)
    db.session.add(
        TopUp(
            org_id=card.org_id,
            amount_micro=usd(amount).micro,
            currency="USD",
            payment_method_id=card.id,
            status=status,
            claimed_at=at,
            settled_at=at if status is PAID else None,
        )
    )
    db.session.commit()


def test_the_newest_that_came_to_an_end_counts_and_one_never_charged_has_none(app: Flask) -> None:
    organization = an_organization()
    first, second, never = (
        a_card(organization, last4=last4, default=False) for last4 in ("1111", "2222", "3333")
    )
    a_top_up(first, DECLINED, hours_ago=3)
    a_top_up(first, PAID, hours_ago=2, amount="70")
    a_top_up(first, TopUpStatus.PAYING, hours_ago=1)
    a_top_up(first, TopUpStatus.CANCELED, hours_ago=0)
    a_top_up(second, PAID, hours_ago=9)
    a_top_up(second, DECLINED, hours_ago=8, amount="25")
    a_top_up(a_card(an_organization()), PAID, hours_ago=1)
    with statements() as seen:
        found = last_charges.list_by_card(organization)
    assert len(seen) == 1
    assert found == {
        first.id: LastCharge(usd("70"), NOW - timedelta(hours=2), is_paid=True),
        second.id: LastCharge(usd("25"), NOW - timedelta(hours=8), is_paid=False),
    }
    assert never.id not in found


def an_invoice(card: PaymentMethod, *, hours_ago: int, amount: str) -> None:
    at = NOW - timedelta(hours=hours_ago)
    db.session.add(
        Invoice(
            org_id=card.org_id,
            stripe_id=f"in_{card.last4}_{hours_ago}",
            number=f"HD-{hours_ago}",
            description="Growth plan",
            issued_at=at,
            amount_micro=usd("99").micro,
            currency="USD",
            status=InvoiceStatus.PAID,
            paid_with=card.stripe_id,
            charged_micro=usd(amount).micro,
            paid_at=at,
        )
    )
    db.session.commit()


def test_a_plan_that_a_card_paid_later_counts_by_what_was_charged_to_it(app: Flask) -> None:
    organization = an_organization()
    first, second, older, newer = (
        a_card(organization, last4=last4, default=False) for last4 in ("1111", "2222", "3333", "3333")
    )
    older.removed_at, older.replaced_by = NOW, newer.id
    a_top_up(first, DECLINED, hours_ago=3)
    an_invoice(first, hours_ago=2, amount="90")
    a_top_up(second, PAID, hours_ago=4)
    an_invoice(second, hours_ago=5, amount="99")
    an_invoice(older, hours_ago=1, amount="49")
    an_invoice(a_card(an_organization()), hours_ago=0, amount="99")
    with statements() as seen:
        found = last_charges.list_by_card(organization)
    assert len(seen) == 1
    assert found == {
        first.id: LastCharge(usd("90"), NOW - timedelta(hours=2), is_paid=True, is_top_up=False),
        second.id: LastCharge(usd("50"), NOW - timedelta(hours=4), is_paid=True),
        newer.id: LastCharge(usd("49"), NOW - timedelta(hours=1), is_paid=True, is_top_up=False),
    }


def test_what_a_card_paid_before_it_was_saved_again_is_its_own(app: Flask) -> None:
    organization = an_organization()
    older, newer, newest = (a_card(organization, last4="4242", default=False) for _ in range(3))
    for old, new in ((older, newer), (newer, newest)):
        old.removed_at, old.replaced_by = NOW, new.id
    a_top_up(older, PAID, hours_ago=5)
    assert list(last_charges.list_by_card(organization)) == [newest.id]


def suggested(organization: Organization, charges: dict[UUID, tuple[bool, datetime]]) -> str | None:
    told = {card: LastCharge(usd("50"), at, is_paid=is_paid) for card, (is_paid, at) in charges.items()}
    found = last_charges.most_promising(payment_methods.list_cards(organization), told)
    return found.last4 if found else None


def test_the_default_is_suggested_unless_it_was_declined_then_the_one_that_paid_last(app: Flask) -> None:
    organization = an_organization()
    default, older, newer, unused = (
        a_card(organization, last4=last4, default=last4 == "1111")
        for last4 in ("1111", "2222", "3333", "4444")
    )
    assert suggested(organization, {}) == "1111"
    paid = {older.id: (True, NOW - timedelta(days=9)), newer.id: (True, NOW - timedelta(days=2))}
    assert suggested(organization, paid) == "1111"
    declined = paid | {default.id: (False, NOW)}
    assert suggested(organization, declined) == "3333"
    assert suggested(organization, declined | {newer.id: (False, NOW)}) == "2222"
    all_but_one = {card.id: (False, NOW) for card in (default, older, newer)}
    assert suggested(organization, all_but_one) == "4444"
    assert suggested(organization, all_but_one | {unused.id: (False, NOW)}) == "1111"


def test_a_card_that_does_not_work_is_not_suggested(app: Flask) -> None:
    organization = an_organization()
    expired = a_card(organization, last4="1111", default=True)
    expired.exp_year = 2020
    assert suggested(organization, {}) is None
    a_card(organization, last4="2222", default=False)
    assert suggested(organization, {expired.id: (True, NOW)}) == "2222"
