"""The calls in progress: in the order in which they began, page by page, and none whose lease is over."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.billing.wallet import calls_in_progress, holds
from app.billing.wallet.calls_in_progress import PAGE
from app.clock import utc_now
from app.extensions import db
from app.models import Hold, Organization
from tests.factories import an_organization, usd

LEASE = timedelta(minutes=5)


@pytest.fixture
def organization(app: Flask) -> Organization:
    return an_organization(credit="100")


def call(
    organization: Organization, key: str, *, at: datetime | None = None, lease: timedelta = LEASE
) -> None:
    holds.reserve(organization.id, key, usd("0.01"), at=at or utc_now(), lease=lease)


def calls(organization: Organization) -> list[str]:
    return [one.call for one in calls_in_progress.page(organization).calls]


def in_pages(organization: Organization) -> list[list[str]]:
    found, after = [], None
    while True:
        page = calls_in_progress.page(organization, after=after)
        found.append([one.call for one in page.calls])
        after = page.following
        if after is None:
            return found


def test_without_calls_there_is_one_empty_page(organization: Organization) -> None:
    page = calls_in_progress.page(organization)
    assert (page.calls, page.following) == ((), None)


@pytest.mark.parametrize(("number", "sizes"), [(PAGE, [PAGE]), (PAGE + 1, [PAGE, 1])])
def test_a_full_page_is_the_last_unless_one_more_call_is_there(
    organization: Organization, number: int, sizes: list[int]
) -> None:
    """All begin at the same moment: what tells them apart is their ids."""
    now = utc_now()
    db.session.add_all(
        Hold(org_id=organization.id, key=f"call-{n}", amount_micro=0, created_at=now, expires_at=now + LEASE)
        for n in range(number)
    )
    pages = in_pages(organization)
    assert [len(page) for page in pages] == sizes
    assert sorted(key for page in pages for key in page) == sorted(f"call-{n}" for n in range(number))


def test_those_that_began_first_come_first_whichever_was_written_first(organization: Organization) -> None:
    now = utc_now()
    for minutes in (1, 3, 2):
        call(organization, f"{minutes} minutes ago", at=now - timedelta(minutes=minutes))
    assert calls(organization) == ["3 minutes ago", "2 minutes ago", "1 minutes ago"]


def test_those_that_have_ended_or_whose_lease_is_over_are_not_in_progress(organization: Organization) -> None:
    now = utc_now()
    call(organization, "over", at=now - LEASE)
    db.session.commit()
    over = db.session.scalars(db.select(Hold)).one()
    assert calls(organization) == [], "though no one has written it down yet"
    assert over.state_at(now).value == "expired"
    for key, end in (("captured", holds.capture), ("released", holds.release)):
        call(organization, key)
        end(organization.id, key, at=now)
    call(organization, "running")
    assert calls(organization) == ["running"]


def test_those_of_another_organization_are_not_there(organization: Organization) -> None:
    other = an_organization(credit="100")
    call(other, "theirs")
    call(organization, "ours")
    assert (calls(organization), calls(other)) == (["ours"], ["theirs"])


def test_a_hold_without_a_call_is_shown_by_its_key_and_leads_nowhere(organization: Organization) -> None:
    call(organization, "hold-1")
    holds.reserve(
        organization.id,
        "hold-2",
        usd("1"),
        at=utc_now(),
        lease=LEASE,
        call="c-2",
        agent="Ava",
        campaign="Recall",
    )
    alone, named = calls_in_progress.page(organization).calls
    assert (alone.call, alone.agent, alone.campaign, alone.has_story) == ("hold-1", "", "", False)
    assert (named.call, named.agent, named.campaign, named.has_story) == ("c-2", "Ava", "Recall", True)
    assert (named.amount, named.used, named.until - named.since) == (usd("1"), usd("0"), LEASE)
