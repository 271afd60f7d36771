"""Transfers one by one, newest first: none twice, none left out, none of another organization."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.wallet import transfers
from tests.factories import an_organization, give_credit


def test_pages_of_any_size_have_each_transfer_once_and_none_of_another_organization(app: Flask) -> None:
    organization, other = an_organization(), an_organization(credit="9")
    for number in range(5):
        give_credit(organization, f"{number + 1}")
        give_credit(other, "1")
    for limit in (1, 2, 4, 5, 6):
        found: list[int] = []
        while page := transfers.older_than(organization, found[-1] if found else None, limit=limit):
            assert len(page) <= limit
            assert {one.org_id for one in page} == {organization.id}
            found += [one.seq for one in page]
        assert found == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(("seq", "found"), [(3, [2, 1]), (2, [1]), (1, []), (0, []), (99, [3, 2, 1])])
def test_a_position_is_itself_not_among_those_before_it(app: Flask, seq: int, found: list[int]) -> None:
    organization = an_organization()
    for _ in range(3):
        give_credit(organization, "1")
    assert [one.seq for one in transfers.older_than(organization, seq, limit=10)] == found


def test_an_organization_without_transfers_has_none(app: Flask) -> None:
    an_organization(credit="9")
    assert transfers.older_than(an_organization(), None, limit=10) == []
