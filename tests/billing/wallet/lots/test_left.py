"""What is left of each lot, in the order of use, as far as it is known without a lock."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.wallet import envelopes, ledger
from app.billing.wallet.lots import left
from app.billing.wallet.lots.left import LotsLeft
from app.clock import utc_now
from app.extensions import db
from app.models import LotKind, Organization, Wallet
from tests.factories import OWNER, a_paid_top_up, an_organization, usd
from tests.support.granting import granted
from tests.support.metering import an_event, on_growth, take
from tests.support.statements import statements


def of(organization: Organization) -> LotsLeft:
    db.session.expire_all()
    return left.of(db.session.get_one(Wallet, organization.id))


def test_nothing_is_read_where_nothing_expires(app: Flask) -> None:
    organization = an_organization(credit="10")
    wallet = db.session.get_one(Wallet, organization.id)
    with statements() as seen:
        assert left.of(wallet) == LotsLeft()
    assert seen == []


def test_lots_are_in_the_order_of_use_with_credit_that_no_lot_knows_yet_at_the_end(app: Flask) -> None:
    organization = an_organization(credit="10")
    granted(organization, "5", days=40, kind=LotKind.GOODWILL, key="goodwill")
    granted(organization, "3", days=9)
    found = of(organization)
    assert [(lot.kind, lot.left) for lot in found.lots] == [
        (LotKind.PROMOTIONAL, 3_000_000),
        (LotKind.GOODWILL, 5_000_000),
        (LotKind.GOODWILL, 10_000_000),
    ]
    assert [lot.left for lot in found.expiring] == [3_000_000, 5_000_000]
    assert found.ahead == 0


def test_what_is_set_aside_is_used_first_and_may_not_be_used(app: Flask) -> None:
    organization = an_organization(credit="10")
    granted(organization, "5", days=9)
    until = organization.local_day() + timedelta(days=3)
    envelopes.set_aside(organization, "Recall", usd("2"), until, OWNER)
    db.session.commit()
    found = of(organization)
    assert found.ahead == 2_000_000
    assert [lot.left for lot in found.expiring] == [5_000_000], "it may come back"


def test_a_top_up_that_no_lot_was_opened_for_yet_is_there(app: Flask) -> None:
    organization, _ = a_paid_top_up()
    granted(organization, "5", days=9)
    wallet = ledger.lock(organization.id)
    everything = wallet.posted_micro
    db.session.commit()
    assert sum(lot.left for lot in of(organization).lots) == everything


def test_what_was_used_since_lots_were_drawn_is_used_already(app: Flask) -> None:
    organization = on_growth(credit="0")
    granted(organization, "5", days=9)
    take(an_event(organization, "sms", 700, meter="sms", when=utc_now()), now=utc_now())
    found = of(organization)
    posted = ledger.lock(organization.id).posted_micro
    db.session.commit()
    assert 0 < posted < 5_000_000
    assert found.undrawn == 5_000_000 - posted
    assert [lot.left for lot in found.expiring] == [posted]
