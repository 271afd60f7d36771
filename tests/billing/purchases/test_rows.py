"""Both kinds of purchase are found, locked and committed in the same way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app import billing
from app.billing import topups
from app.billing.purchases import STALE_AFTER
from app.billing.subscriptions import switch_queries, switches
from app.billing.topups import queries
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import Organization, PaymentMethod, TopUpStatus, Wallet
from tests.factories import a_payer, an_organization
from tests.support.money import the_top_up
from tests.support.sandbox import Sandbox
from tests.support.topping_up import begin

BILLING = Path(billing.__file__).parent


@pytest.fixture
def payer(app: Flask, sandbox: Sandbox) -> tuple[Organization, PaymentMethod]:
    return a_payer()


@pytest.fixture
def organization(payer: tuple[Organization, PaymentMethod]) -> Organization:
    return payer[0]


@pytest.fixture
def top_up_id(payer: tuple[Organization, PaymentMethod]) -> UUID:
    return begin(*payer)


def test_wallet_and_purchase_are_changed_together(organization: Organization, top_up_id: UUID) -> None:
    with queries.locked(organization.id, top_up_id) as (wallet, top_up):
        before = wallet.version
        wallet.version += 1
        top_up.status = TopUpStatus.CANCELED
    db.session.rollback()
    assert the_top_up(organization).status is TopUpStatus.CANCELED
    assert db.session.get_one(Wallet, (organization.id,), populate_existing=True).version == before + 1


def test_nothing_is_changed_where_an_error_ends_it(organization: Organization, top_up_id: UUID) -> None:
    with pytest.raises(ZeroDivisionError), queries.locked(organization.id, top_up_id) as (wallet, top_up):
        wallet.version += 1
        top_up.status = TopUpStatus.CANCELED
        raise ZeroDivisionError
    assert the_top_up(organization).status is TopUpStatus.REVIEW


@pytest.mark.parametrize(
    ("rows", "unknown"),
    [(queries, topups.UnknownTopUpError), (switch_queries, switches.UnknownSwitchError)],
)
def test_one_that_the_organization_does_not_have_is_unknown(
    organization: Organization, rows: Any, unknown: type[LookupError]
) -> None:
    with pytest.raises(unknown):
        rows.find(organization.id, uuid7())
    with pytest.raises(unknown), rows.locked(organization.id, uuid7()):
        pytest.fail("There is none to lock.")


def test_one_of_another_organization_is_unknown(organization: Organization, top_up_id: UUID) -> None:
    with pytest.raises(topups.UnknownTopUpError):
        topups.find(an_organization("Pine").id, top_up_id)


def test_only_one_that_is_open_for_long_is_stale(organization: Organization, top_up_id: UUID) -> None:
    for status, age, expected in [
        (TopUpStatus.PAYING, STALE_AFTER / 2, []),
        (TopUpStatus.PAYING, STALE_AFTER + timedelta(seconds=5), [(organization.id, top_up_id)]),
        (TopUpStatus.DECLINED, STALE_AFTER + timedelta(seconds=5), []),
    ]:
        with queries.locked(organization.id, top_up_id) as (_, top_up):
            top_up.status, top_up.claimed_at = status, utc_now() - age
        assert topups.find_stale() == expected
    assert switches.find_stale() == []


@pytest.mark.parametrize("package", ["purchases", "subscriptions", "topups"])
def test_only_a_transaction_commits(package: str) -> None:
    """`with transaction():` in a use case, and nothing by hand."""
    files = sorted((BILLING / package).glob("*.py"))
    assert files
    assert [file.name for file in files if "session.commit(" in file.read_text()] == []
