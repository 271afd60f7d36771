"""What is taken out of the wallet leaves of envelopes only what posted credit still covers."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.wallet import envelope_queries, holds, ledger
from app.billing.wallet.ledger import Entry
from app.billing.wallet.lots import expiry
from app.extensions import db
from app.models import AccountName, AuditEvent, Organization, TransferKind
from tests.factories import an_organization, usd
from tests.support.envelopes import NOW, an_enveloped, credit_of, hold, set_aside, withdraw


def cuts_of(organization: Organization) -> list[tuple[str, str, str]]:
    query = db.select(AuditEvent).filter_by(org_id=organization.id, action="envelope.cut")
    found = db.session.scalars(query.order_by(AuditEvent.id))
    return [(one.actor, one.subject, one.details["amount"]) for one in found]


def test_a_dispute_takes_available_credit_first_and_then_the_newest_envelope(app: Flask) -> None:
    organization = an_enveloped("40", credit="100")
    set_aside(organization, "30", campaign="Spring")
    hold(organization, "one", "10", campaign="Recall")
    withdraw(organization, "30")
    assert (cuts_of(organization), credit_of(organization)) == ([], (usd("10"), usd("60"), usd("0")))
    withdraw(organization, "45")
    assert cuts_of(organization) == [("stripe", "Spring", "30.00"), ("stripe", "Recall", "15.00")]
    assert credit_of(organization) == (usd("10"), usd("15"), usd("0"))
    cut = {one.campaign: one.cut_micro for one in envelope_queries.list_open(organization.id, at=NOW)}
    assert cut == {"Spring": 30_000_000, "Recall": 15_000_000}
    withdraw(organization, "100")
    assert credit_of(organization) == (usd("10"), usd("0"), -usd("85")), "what calls hold stays theirs"


def test_credit_that_expires_takes_like_a_dispute(app: Flask) -> None:
    organization = an_organization(credit="10")
    wallet = ledger.lock(organization.id)
    sides = (AccountName.ADJUSTMENTS, AccountName.WALLET)
    ledger.post(wallet, Entry(TransferKind.CREDIT, "promotion", *sides, usd("50"), NOW - timedelta(days=1)))
    expiry.open_newest(wallet, NOW + timedelta(hours=1))
    db.session.commit()
    set_aside(organization, "40")
    holds.expire(organization.id, at=NOW + timedelta(hours=1))
    db.session.commit()
    assert cuts_of(organization) == [("wallet", "Recall", "30.00")]
    assert credit_of(organization) == (usd("0"), usd("10"), usd("0"))
