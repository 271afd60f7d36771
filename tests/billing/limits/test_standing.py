"""How limits stand."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from app.billing.limits import standing
from app.billing.wallet import holds
from app.clock import utc_now
from app.models import LimitSubject
from tests.factories import an_organization, usd
from tests.support.limits import a_draft, a_limit
from tests.support.statements import statements


def test_all_limits_are_read_in_one_statement(app: Flask) -> None:
    organization = an_organization(credit="100")
    for name in ("B", "A"):
        a_limit(organization, a_draft(subject=LimitSubject.CAMPAIGN, name=name))
    whole = a_limit(organization)
    holds.reserve(organization.id, "a", usd("1"), at=utc_now(), lease=timedelta(minutes=1), campaign="A")
    with statements() as seen:
        found = standing.gather(organization.id, utc_now())
    assert len(seen) == 1
    assert [(one.name, one.held) for one in found] == [("", usd("1")), ("A", usd("1")), ("B", usd("0"))]
    assert whole.limit_id is not None
    assert standing.find(organization.id, whole.limit_id, utc_now()) == found[0]
    assert standing.find(organization.id, uuid4(), utc_now()) is None
    assert standing.gather(an_organization().id, utc_now()) == []


@pytest.mark.parametrize(
    ("amount", "held", "percent", "is_reached"),
    [
        ("4", "1", 25, False),
        ("4", "3.99", 99, False),
        ("4", "4", 100, True),
        ("4", "5", 125, True),
        ("0", "1", 100, True),
    ],
)
def test_how_much_of_it_counts(app: Flask, amount: str, held: str, percent: int, *, is_reached: bool) -> None:
    organization = an_organization(credit="100")
    holds.reserve(organization.id, "a", usd(held), at=utc_now(), lease=timedelta(minutes=1))
    limit = a_limit(organization, a_draft(amount))
    assert (limit.percent, limit.is_reached) == (percent, is_reached)
    assert limit.left == max(usd(amount) - usd(held), usd("0"))


def test_a_raise_is_the_limit_until_it_ends(app: Flask) -> None:
    organization = an_organization()
    until = utc_now() + timedelta(hours=1)
    limit = a_limit(organization, a_draft("3", raised="30", until=until))
    assert (limit.amount, limit.usual, limit.raised_until) == (usd("30"), usd("3"), until)
    (after,) = standing.gather(organization.id, until)
    assert (after.amount, after.raised_until) == (usd("3"), None)
