"""The calls in progress over the API: all of them, or those that may have ended without anyone saying so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.billing.wallet import holds, overdue_calls
from app.clock import utc_now
from app.extensions import db
from app.models import Hold, Organization
from tests.factories import OWNER, an_organization, usd
from tests.support.overdue import an_overdue
from tests.support.platform import Platform, is_problem

LEASE = timedelta(minutes=5)


def path(organization: Organization, query: str = "") -> str:
    return f"/organizations/{organization.id}/holds{query}"


def keys(platform: Platform, address: str | None) -> list[list[str]]:
    """The keys of each page, from this one on."""
    found = []
    while address:
        page = platform.get(address.removeprefix("/api/v1")).json
        found.append([one["key"] for one in page["items"]])
        address = page["next"]
    return found


def reserve(organization: Organization, key: str, lease: timedelta = LEASE) -> None:
    holds.reserve(
        organization.id, key, usd("1"), at=utc_now(), lease=lease, call=f"call of {key}", agent="Ava"
    )
    db.session.commit()


def test_active_holds_are_listed_page_by_page_those_that_began_first(platform: Platform) -> None:
    organization = an_organization(credit="20")
    for key in "abc":
        reserve(organization, key)
    reserve(organization, "over")
    holds.capture(organization.id, "over", at=utc_now())
    db.session.commit()
    assert keys(platform, path(organization, "?limit=2")) == [["a", "b"], ["c"]]
    first = platform.get(path(organization)).json["items"][0]
    assert (first["call"], first["agent"], first["campaign"]) == ("call of a", "Ava", None)
    assert (first["reserved"]["amount"], first["overdue_since"]) == ("1.000000", None)


def test_only_those_that_last_unusually_long_until_they_end_or_an_owner_says_otherwise(
    platform: Platform,
) -> None:
    organization = an_overdue("ghost-1", "ghost-2", "ghost-3")
    reserve(organization, "fresh")
    overdue = path(organization, "?overdue=true&limit=2")
    assert keys(platform, overdue) == [["ghost-1", "ghost-2"], ["ghost-3"]]
    assert platform.get(overdue).json["items"][0]["overdue_since"] is not None
    assert platform.post(f"{path(organization)}/ghost-1/capture", {}).status_code == 200
    second = db.session.scalars(db.select(Hold.id).where(Hold.key == "ghost-2")).one()
    overdue_calls.confirm(organization.id, second, OWNER, at=utc_now())
    db.session.commit()
    assert keys(platform, overdue) == [["ghost-3"]]
    assert keys(platform, path(organization)) == [["ghost-2", "ghost-3", "fresh"]]


@pytest.mark.parametrize(
    "query", ["?overdue=perhaps", "?cursor=LTE=", "?cursor=x", "?limit=0", "?state=active"]
)
def test_what_is_not_understood_is_refused(platform: Platform, query: str) -> None:
    assert is_problem(platform.get(path(an_organization(), query)), "malformed-request", 400)
