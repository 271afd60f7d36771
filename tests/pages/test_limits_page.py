"""Spending limits on the pages: set by owners, asked about before something stops, asked for by members."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from app.billing.wallet import holds
from app.clock import utc_now
from app.extensions import db
from app.models import LimitSubject, OpenedDestination
from tests.factories import give_credit, usd
from tests.support.browsing import text_of
from tests.support.confirming import minutes_pass
from tests.support.limits import a_draft, a_limit, page_of, standings, use_tokens
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox
from tests.support.statements import statements

PAGE = "/billing/wallet/limits"
CAMPAIGN = {
    "applies_to": "campaign",
    "name": "Spring recall",
    "window": "day",
    "amount": "30",
    "kind": "stops",
}


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app)


class TestSetting:
    @pytest.mark.long
    def test_a_limit_is_added_changed_and_removed(self, owner: Owner) -> None:
        assert "No limits yet." in owner.reads(PAGE)
        said = text_of(owner.post(PAGE, CAMPAIGN, follow_redirects=True))
        assert "Campaign Spring recall: the limit is $30.00 a day." in said
        assert "$0.00 of $30.00 today" in said
        (limit,) = standings(owner.organization)
        changed = {"amount": "45", "kind": "tells", "seen": "1"}
        said = text_of(owner.post(page_of(limit), changed, follow_redirects=True))
        assert "$0.00 of $45.00 today Only notifies you." in said
        said = text_of(owner.post(f"{page_of(limit)}/removal", follow_redirects=True))
        assert "The limit was removed." in said
        assert standings(owner.organization) == []
        trail = owner.reads("/billing/activity?kind=limits")
        assert "Campaign Spring recall: from $30.00, stops to $45.00, only notifies a day" in trail

    def test_what_would_stop_something_asks_first(self, owner: Owner) -> None:
        use_tokens(owner.organization)
        asked = owner.post(PAGE, CAMPAIGN)
        assert asked.status_code == 422
        assert "$36.00 of $30.00 is already spent today: this stops Spring recall now." in text_of(asked)
        assert standings(owner.organization) == []
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', asked.text))
        assert {**CAMPAIGN, "sure": "yes"}.items() <= fields.items()
        fields.pop("csrf_token", None)
        said = text_of(owner.post(PAGE, fields, follow_redirects=True))
        assert "$36.00 of $30.00 today New calls are stopped. They can start again on" in said
        assert standings(owner.organization)[0].refuses_all

    def test_one_that_only_tells_or_leaves_something_doesnt_ask(self, owner: Owner) -> None:
        use_tokens(owner.organization)
        assert owner.post(PAGE, CAMPAIGN | {"kind": "tells"}).status_code == 303
        assert owner.post(PAGE, CAMPAIGN | {"amount": "40"}).status_code == 303
        (stops, _) = sorted(standings(owner.organization), key=lambda one: not one.stops)
        asked = owner.post(page_of(stops), {"amount": "35.99", "kind": "stops", "seen": "1"})
        assert "$36.00 of $35.99 is already spent today" in text_of(asked)

    def test_lowered_below_what_is_held_it_says_so_and_calls_finish(self, owner: Owner) -> None:
        lease = timedelta(minutes=5)
        give_credit(owner.organization, "100")
        holds.reserve(
            owner.organization.id, "a", usd("12"), at=utc_now(), lease=lease, campaign="Spring recall"
        )
        db.session.commit()
        asked = text_of(owner.post(PAGE, CAMPAIGN | {"amount": "10"}))
        assert "$12.00 of $10.00 already counts today, $12.00 of it reserved" in asked
        assert "1 call in progress finishes, with $12.00 reserved." in asked
        said = text_of(owner.post(PAGE, CAMPAIGN | {"amount": "10", "sure": "yes"}, follow_redirects=True))
        assert "That is less than what already counts. 1 call in progress finishes" in said
        renewed = holds.renew(owner.organization.id, "a", usd("12"), slice=2, at=utc_now(), lease=lease)
        assert not renewed.hold.is_final

    def test_a_raise_ends_by_itself(self, owner: Owner) -> None:
        limit = a_limit(owner.organization)
        today = owner.organization.local_day().isoformat()
        raised = {"amount": "3", "kind": "stops", "raised": "9", "until": today, "seen": "1"}
        said = text_of(owner.post(page_of(limit), raised, follow_redirects=True))
        assert "of $9.00 today" in said
        assert "then $3.00 again." in said
        form = owner.get(page_of(limit)).text
        assert 'value="9"' in form
        assert f'value="{today}"' in form

    def test_two_owners_dont_undo_each_other(self, owner: Owner) -> None:
        limit = a_limit(owner.organization)
        first = {"amount": "5", "kind": "stops", "seen": "1"}
        assert owner.post(page_of(limit), first).status_code == 303
        late = owner.post(page_of(limit), first | {"amount": "9"})
        assert late.status_code == 422
        said = text_of(late)
        assert "Someone else changed this in the meantime" in said
        assert "The limit is now $5.00 a day. It stops new calls." in said and owner.email in said
        assert 'name="seen" value="2"' in late.text
        assert owner.post(page_of(limit), first | {"amount": "9", "seen": "2"}).status_code == 303

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"amount": ""}, "Enter an amount"),
            ({"amount": "-1"}, "above zero"),
            ({"name": " "}, "Enter the name of the campaign"),
            ({"name": "x" * 256}, "Enter the name of the campaign"),
            ({"applies_to": "class:wild"}, "Choose what the limit applies to."),
            ({"applies_to": ""}, "Choose what the limit applies to."),
            ({"window": "year"}, "Choose an hour"),
            ({"kind": "kills"}, "Choose what happens"),
        ],
    )
    def test_what_is_wrong_is_said(self, owner: Owner, changes: dict[str, str], says: str) -> None:
        answer = owner.post(PAGE, CAMPAIGN | changes)
        assert answer.status_code == 422
        assert says in text_of(answer)
        assert standings(owner.organization) == []

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"raised": "3", "until": "2099-01-01"}, "Enter more than the limit"),
            ({"raised": "9", "until": ""}, "Enter a day from today on"),
            ({"raised": "9", "until": "2000-01-01"}, "Enter a day from today on"),
            ({"raised": "9", "until": "2099-01-01"}, "at most 92 days ahead"),
            ({"raised": "a lot"}, "in digits"),
        ],
    )
    def test_what_is_wrong_with_a_raise_is_said(
        self, owner: Owner, changes: dict[str, str], says: str
    ) -> None:
        limit = a_limit(owner.organization)
        answer = owner.post(page_of(limit), {"amount": "3", "kind": "stops", "seen": "1"} | changes)
        assert answer.status_code == 422
        assert says in text_of(answer)

    def test_a_second_one_of_a_kind_leads_to_the_first(self, owner: Owner) -> None:
        owner.post(PAGE, CAMPAIGN)
        again = owner.post(PAGE, CAMPAIGN, follow_redirects=True)
        assert "There is already a limit for this" in text_of(again)

    def test_every_kind_is_offered_and_known_names_with_it(self, owner: Owner) -> None:
        for subject in ("organization", "agent", "class:raised"):
            assert owner.post(PAGE, CAMPAIGN | {"applies_to": subject}).status_code == 303
        said = owner.reads(PAGE)
        for words in ("Whole organization, $30.00 a day", "Agent Spring recall", "Raised risk destinations"):
            assert words in said

    def test_loosening_asks_who_it_is(self, owner: Owner) -> None:
        limit = a_limit(owner.organization)
        minutes_pass()
        for path, form in (
            (page_of(limit), {"amount": "900", "kind": "stops", "seen": "1"}),
            (f"{page_of(limit)}/removal", {}),
            (f"{PAGE}/destinations", {"destination": "SO"}),
        ):
            assert owner.post(path, form).status_code == 403
        assert standings(owner.organization)[0].amount == usd("3")


class TestDestinations:
    def test_one_is_opened_and_closed_again(self, owner: Owner) -> None:
        before = owner.reads(PAGE)
        assert "Calls there cost $0.19 per min" in before
        said = text_of(owner.post(f"{PAGE}/destinations", {"destination": "SO"}, follow_redirects=True))
        assert "Calls to Somalia can start." in said
        assert "Somalia opened by" in said
        assert "Opened a destination for calls Somalia" in owner.reads("/billing/activity?kind=limits")
        said = text_of(owner.post(f"{PAGE}/destinations/SO/closing", follow_redirects=True))
        assert "No new calls to Somalia can start." in said
        assert db.session.query(OpenedDestination).all() == []
        assert owner.post(f"{PAGE}/destinations", {"destination": "GB"}).status_code == 404


def test_the_wallet_says_how_the_nearest_limit_stands(owner: Owner) -> None:
    assert "No limit on what calls can spend" in owner.reads("/billing/wallet")
    a_limit(owner.organization)
    campaign = a_draft("40", subject=LimitSubject.CAMPAIGN, name="Spring recall", stops=False)
    a_limit(owner.organization, campaign)
    use_tokens(owner.organization, 100_000)
    said = owner.reads("/billing/wallet")
    assert "Whole organization: $1.20 of $3.00 today. Stops new calls once it's reached. 1 more." in said


def test_what_isnt_there_is_not_found(owner: Owner) -> None:
    nothing = UUID(int=0)
    for path in (f"{PAGE}/{nothing}", f"{PAGE}/{nothing}/more", f"{PAGE}/requests/{nothing}"):
        assert owner.get(path).status_code == 404
    assert owner.post(f"{PAGE}/requests/{nothing}/approval", {"wanted": "9"}).status_code == 404
    assert "already removed" in text_of(owner.post(f"{PAGE}/{nothing}/removal", follow_redirects=True))


def test_the_page_takes_as_many_statements_however_many_limits(owner: Owner) -> None:
    counts = []
    for names in ("A", "BCDE"):
        for name in names:
            a_limit(owner.organization, a_draft(subject=LimitSubject.AGENT, name=name))
        owner.get(PAGE)
        with statements() as seen:
            owner.get(PAGE)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12


def test_a_limit_that_stops_calls_is_said_where_people_look(owner: Owner) -> None:
    give_credit(owner.organization, "20")
    limit = a_limit(owner.organization, a_draft("0", subject=LimitSubject.CAMPAIGN, name="Spring & <recall>"))
    for page in ("/billing", "/billing/wallet"):
        shown = owner.get(page)
        assert "A limit stops Spring &amp; &lt;recall&gt;." in shown.text
        assert "Its limit is $0.00 a day, so no calls start until it's raised." in text_of(shown)
        assert f'href="{page_of(limit)}' in shown.text
    live = owner.get("/billing/live/overview", headers={"HX-Request": "true"})
    assert "A limit stops Spring &amp; &lt;recall&gt;." in live.text
    owner.post(page_of(limit), {"amount": "5", "kind": "stops", "seen": "1"})
    assert "A limit stops" not in owner.reads("/billing")


def test_what_is_limited_to_nothing_is_not_said_to_start_again_by_itself(owner: Owner) -> None:
    a_limit(owner.organization, a_draft("0"))
    shown = owner.reads(PAGE)
    assert "New calls are stopped. They can start again once it's raised." in shown
    assert "They can start again on " not in shown
