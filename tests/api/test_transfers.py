"""The ledger in pages: each transfer once, whatever is booked meanwhile."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.models import Organization
from tests.factories import an_organization, give_credit
from tests.support.platform import Platform, is_problem


@pytest.fixture
def organization(app: Flask) -> Organization:
    made = an_organization()
    for amount in ("1", "2", "3", "4", "5"):
        give_credit(made, amount)
    return made


def test_pages_lead_through_all_transfers_each_once(platform: Platform, organization: Organization) -> None:
    seen = []
    address = f"/organizations/{organization.id}/transfers?limit=2"
    while address:
        page = platform.get(address)
        seen += [one["seq"] for one in page.json["items"]]
        give_credit(organization, "9")
        link = page.headers.get("Link")
        assert (link is None) == (page.json["next"] is None)
        if link:
            assert re.fullmatch(r'<(.+)>; rel="next"', link)[1] == page.json["next"]  # type: ignore[index]
        address = (page.json["next"] or "").removeprefix("/api/v1")
    assert seen == [5, 4, 3, 2, 1]


def test_amounts_are_exact_texts(platform: Platform, organization: Organization) -> None:
    newest = platform.get(f"/organizations/{organization.id}/transfers?limit=1").json["items"][0]
    assert newest["amount"] == {"amount": "5.000000", "currency": "USD"}
    assert newest["balance_after"] == {"amount": "15.000000", "currency": "USD"}
    assert (newest["debit"], newest["credit"]) == ("adjustments", "wallet")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("limit=1&limit=2", "limit"),
        ("cursor=garbage!", "cursor"),
        ("cursor=LTE=", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=%C3%A9", "cursor"),
        ("page=2", "page"),
    ],
)
def test_a_wrong_parameter_is_named(
    platform: Platform, organization: Organization, query: str, parameter: str
) -> None:
    answer = platform.get(f"/organizations/{organization.id}/transfers?{query}")
    assert is_problem(answer, "malformed-request", 400)
    assert [one["parameter"] for one in answer.json["errors"]] == [parameter]
