"""Proving the ledger: what differs is found, with both figures, and named as its organization's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from app.billing.usage import quotes
from app.billing.wallet import holds, verification
from app.billing.wallet.verification import Finding
from app.extensions import db
from app.models import TransferKind
from tests.factories import an_organization, usd
from tests.support.database import behind_the_scenes
from tests.support.metering import NOW, an_event, take
from tests.support.moving import post

LEASE = timedelta(minutes=5)


def test_an_empty_database_has_no_differences(app: Flask) -> None:
    assert verification.check() == []


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE wallet SET posted_micro = posted_micro + 1", "the wallet's balance"),
        ("UPDATE wallet SET held_micro = 5", "the wallet holds"),
        ("UPDATE wallet SET last_seq = 9", "the wallet counts"),
        ("UPDATE account SET balance_micro = 7 WHERE name = 'models'", "account models"),
        ("UPDATE wallet_line SET amount_micro = 3", "history line"),
    ],
)
def test_the_check_finds_every_kind_of_drift(app: Flask, damage: str, found: str) -> None:
    organization = an_organization(credit="10")
    assert verification.check() == []
    db.session.execute(text(damage))
    findings = verification.check()
    assert any(found in finding.text for finding in findings)
    assert {finding.organization for finding in findings} == {organization.name}


def test_a_millionth_is_a_difference_and_both_figures_are_exact(app: Flask) -> None:
    right, wrong = an_organization(credit="49"), an_organization("Harbor", credit="49")
    db.session.execute(
        text("UPDATE wallet SET posted_micro = posted_micro + 1 WHERE org_id = :org"), {"org": wrong.id}
    )
    assert right.name != wrong.name
    assert verification.check() == [
        Finding("Harbor", "the wallet's balance is 49.000001 USD, its transfers sum to 49.000000 USD")
    ]


def test_a_transfer_that_was_changed_afterward_breaks_the_chain_from_it_on(app: Flask) -> None:
    organization = an_organization(credit="10")
    for amount in ("1", "2"):
        post(organization, TransferKind.TOP_UP, usd(amount), NOW)
    with behind_the_scenes() as connection:
        connection.execute(text("UPDATE transfer SET balance_after_micro = 1 WHERE seq = 2"))
    chain = [one.text for one in verification.check() if one.text.startswith("transfer ")]
    assert chain == [
        "transfer 2 says the wallet had 0.000001 USD after it, the transfers before it say 11.000000 USD"
    ]


def test_a_transfer_that_is_gone_is_missed_by_number(app: Flask) -> None:
    an_organization(credit="10")
    with behind_the_scenes() as connection:
        connection.execute(text("DELETE FROM transfer"))
    assert "the wallet counts 1 transfers, there are 0" in [one.text for one in verification.check()]


def test_usage_that_the_daily_totals_say_otherwise_is_found(app: Flask) -> None:
    organization = an_organization(credit="10")
    take(an_event(organization, quantity=1_000))
    db.session.execute(text("UPDATE usage_daily SET amount_micro = 0"))
    assert [one.text for one in verification.check()] == [
        "usage posted on 2026-11-10 costs 0.000000 USD in the daily totals, "
        "its history lines say 0.012000 USD"
    ]


def test_a_hold_that_has_ended_but_still_counts_on_units_is_found_by_its_key(app: Flask) -> None:
    organization = an_organization(credit="10")
    quote = quotes.get_quote(organization.id, [("calls_outbound", 60)], at=NOW)
    assert quote is not None
    holds.reserve(organization.id, "call-1", quote, at=NOW, lease=LEASE)
    db.session.commit()
    assert verification.check() == []
    db.session.execute(text("UPDATE hold SET state = 'released'"))
    assert [one.text for one in verification.check()] == [
        "hold call-1, which has ended, still counts on 60 units of an allowance"
    ]


def test_a_clawback_that_gave_back_more_than_it_had_taken_is_found(app: Flask) -> None:
    organization = an_organization(credit="10")
    with behind_the_scenes() as connection:
        connection.execute(
            text("UPDATE transfer SET kind = 'refund_reversal', source = 're_1:back' WHERE org_id = :org"),
            {"org": organization.id},
        )
    assert "re_1 gave back 10.000000 USD and had taken 0.000000 USD" in [
        one.text for one in verification.check()
    ]
