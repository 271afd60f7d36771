"""The first message: the wallets locked in order of their ids, and each organization by itself."""

from __future__ import annotations

from flask import Flask

from app.billing.fast_holds import Done, Reserve
from app.billing.wallet import holds
from app.clock import utc_now
from app.database import fast
from app.extensions import db
from app.ids import uuid7
from tests.billing.fast_holds.test_carrying_out import LEASE, TOKENS, carry_out
from tests.factories import an_organization, usd
from tests.support.statements import fast_statements


def test_it_says_whom_it_sees_and_locks_before_it_reads(app: Flask) -> None:
    organization = an_organization(credit="10")
    carry_out(Reserve(organization.id, "a", TOKENS, LEASE))
    with fast_statements() as seen:
        carry_out(Reserve(organization.id, "b", TOKENS, LEASE))
    assert seen[:2] == ["BEGIN", fast.seeing([organization.id], uuid7())[0]]
    assert [place for place, one in enumerate(seen) if "FOR UPDATE" in one] == [2]
    assert all("ORDER BY org_id" in one for one in seen if "FOR UPDATE" in one)
    assert len(seen) == 10, "seven to read, two to write, and the end"


def test_holds_of_the_same_key_are_each_their_organizations_own(app: Flask) -> None:
    one, other = an_organization(credit="10"), an_organization(credit="10")
    holds.reserve(one.id, "a", usd("3"), at=utc_now(), lease=LEASE)
    db.session.commit()
    first, second = carry_out(Reserve(other.id, "a", TOKENS, LEASE), Reserve(one.id, "b", TOKENS, LEASE))
    assert isinstance(first, Done)
    assert isinstance(second, Done)
    assert (first.hold.org_id, second.hold.org_id) == (other.id, one.id)


def test_an_organization_that_does_not_exist_is_left_and_the_others_are_not(app: Flask) -> None:
    organization = an_organization(credit="10")
    outcomes = carry_out(
        Reserve(uuid7(), "a", TOKENS, LEASE),
        Reserve(organization.id, "a", TOKENS, LEASE),
        Reserve(uuid7(), "b", TOKENS, LEASE),
    )
    assert [isinstance(outcome, Done) for outcome in outcomes] == [False, True, False]
    assert carry_out(Reserve(uuid7(), "a", TOKENS, LEASE)) == [None]
