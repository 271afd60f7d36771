"""Finding calls, campaigns and top-ups: within limits, and none of another organization's."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing import topups
from app.billing.activity import search
from app.billing.activity.search import SearchTookTooLongError
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from demo import usage_reports
from demo.usage_reports import Used
from tests.factories import OWNER, a_payer, an_organization, usd
from tests.support.sandbox import Sandbox


def used(organization: Organization, *calls: str, campaign: str = "") -> None:
    """Report a minute of each call."""
    day = organization.local_day()
    events = [Used("calls_outbound", 60, day, campaign, "", call) for call in calls]
    usage_reports.record(organization, f"{campaign}{calls}", events, at=utc_now())
    db.session.commit()


def test_calls_begin_as_is_typed_and_are_few(app: Flask) -> None:
    organization, other = an_organization(credit="9"), an_organization(credit="9")
    used(organization, *(f"call-{number:02}" for number in range(12)), "Call-x", "recall-1")
    used(other, "call-00-other")
    assert search.find_calls(organization, "call-0") == [f"call-0{number}" for number in range(search.MOST)]
    assert search.find_calls(organization, "call-11") == ["call-11"]
    assert search.find_calls(organization, "call-00-") == []
    assert search.find_calls(organization, "ca") == []
    for pattern in ("call_0", "call%", "%all"):
        assert search.find_calls(organization, pattern) == []


def test_a_call_of_many_events_is_found_once(app: Flask) -> None:
    organization = an_organization(credit="9")
    for campaign in "abc":
        used(organization, "call-1", campaign=campaign)
    used(organization, "call-2")
    assert search.find_calls(organization, "call-") == ["call-1", "call-2"]


def test_campaigns_by_a_part_of_their_name(app: Flask) -> None:
    organization, other = an_organization(credit="9"), an_organization(credit="9")
    used(organization, "c", campaign="Recall 100%")
    used(organization, "d", campaign="Reminders")
    used(other, "e", campaign="Recall others")
    assert [one.name for one in search.find_campaigns(organization, "RECALL")] == ["Recall 100%"]
    assert [one.name for one in search.find_campaigns(organization, "%")] == ["Recall 100%"]
    assert search.find_campaigns(organization, "_") == []
    (found,) = search.find_campaigns(organization, "remind")
    assert found.last_day == organization.local_day()


def test_top_ups_by_amount_card_and_number(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    top_up = topups.begin(organization, usd("50"), card.id, OWNER)
    topups.pay(organization, top_up.id, card.id, OWNER)
    other = an_organization()
    for amount, digits in ((usd("50"), None), (None, "4242"), (usd("1"), "4242")):
        assert [one.id for one in search.find_top_ups(organization, amount, digits)] == [top_up.id]
        assert search.find_top_ups(other, amount, digits) == []
    assert search.find_top_ups(organization, usd("5"), None) == []
    assert search.find_top_ups(organization, None, None) == []
    assert search.find_top_up(organization, top_up.id) is not None
    assert search.find_top_up(other, top_up.id) is None


def test_a_search_stops_and_what_was_before_it_stays(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    organization = an_organization()
    monkeypatch.setattr(search, "MOMENT", "20ms")
    with pytest.raises(SearchTookTooLongError):
        search.within_a_moment(lambda: db.session.execute(db.text("SELECT pg_sleep(20)")))
    assert db.session.get(Organization, organization.id) is not None


@pytest.mark.parametrize("find", ["calls", "campaigns", "top_ups"])
def test_it_reads_by_an_index(app: Flask, find: str) -> None:
    """Each has an index in the order that it reads, so that no table is read as a whole. What the planner has counted
    in other tests' tables doesn't matter: what it could do instead is off."""
    organization = an_organization()
    seen: list[str] = []
    for instead in ("seqscan", "bitmapscan", "sort"):
        db.session.execute(db.text(f"SET LOCAL enable_{instead} = off"))
    statement = {
        "calls": "SELECT call FROM usage_event WHERE org_id = :of AND call >= 'x' ORDER BY call LIMIT 1",
        "campaigns": "SELECT campaign FROM usage_daily WHERE org_id = :of ORDER BY posted_on DESC LIMIT 50000",
        "top_ups": "SELECT id FROM wallet_line WHERE org_id = :of AND kind = 'top_up' ORDER BY seq DESC LIMIT 2000",
    }[find]
    seen = list(db.session.scalars(db.text(f"EXPLAIN {statement}"), {"of": organization.id}))
    assert not any("Seq Scan" in line or "Sort" in line for line in seen), "\n".join(seen)
