"""Setting credit aside and keeping a reserve on the pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing.plans import resource_counts
from app.billing.wallet import envelope_queries, envelope_terms, envelopes, holds, ledger
from app.clock import utc_now
from app.extensions import db
from app.models import Envelope
from app.web.formatting import day, day_long
from tests.factories import OWNER, give_credit, usd
from tests.support.browsing import seen_on, text_of
from tests.support.confirming import minutes_pass
from tests.support.envelopes import withdraw
from tests.support.metering import an_event, take
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox
from tests.support.statements import statements

PAGE = "/billing/wallet/set-aside"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    found = Owner(app)
    give_credit(found.organization, "200")
    return found


def wanted(owner: Owner, **changes: str) -> dict[str, str]:
    until = owner.organization.local_day() + timedelta(days=4)
    return {"campaign": "Spring recall", "amount": "120", "until": until.isoformat()} | changes


def an_envelope(owner: Owner, amount: str = "120") -> Envelope:
    until = owner.organization.local_day() + timedelta(days=4)
    made = envelopes.set_aside(owner.organization, "Spring recall", usd(amount), until, OWNER)
    db.session.commit()
    return made


class TestEnvelopes:
    def test_credit_is_set_aside_changed_and_ended(self, owner: Owner) -> None:
        assert "Nothing is set aside." in owner.reads(PAGE)
        said = text_of(owner.get(owner.post(f"{PAGE}/envelopes", wanted(owner)).location))
        assert "$120.00 is set aside for Spring recall until" in said
        one = envelope_queries.list_open(owner.organization.id)[0]
        page = f"{PAGE}/envelopes/{one.id}"
        changed = wanted(owner, amount="90", seen=envelope_terms.as_text(one))
        assert "$90.00 is set aside" in text_of(owner.get(owner.post(page, changed).location))
        assert "$90.00 is available again" in text_of(owner.get(owner.post(f"{page}/end").location))
        assert "Spring recall: $0.00 used, $90.00 available again" in owner.reads(PAGE)
        assert "This envelope has ended." in text_of(owner.get(owner.post(f"{page}/end").location))

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"campaign": ""}, "Enter the campaign's name"),
            ({"campaign": "x" * 256}, "Enter the campaign's name"),
            ({"amount": "much"}, "Enter the amount in digits"),
            ({"amount": "0"}, "Enter an amount above zero"),
            ({"amount": "250.50"}, "Top up $50.50 first, or set aside $200.00 or less."),
            ({"until": ""}, "Choose the last day"),
            ({"until": "2020-01-01"}, "Choose a day from"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
        self, owner: Owner, changes: dict[str, str], said: str
    ) -> None:
        typed = wanted(owner, **changes)
        answer = owner.post(f"{PAGE}/envelopes", typed)
        assert answer.status_code == 422
        assert said in text_of(answer)
        assert all(f'value="{value}"' in answer.text for value in typed.values() if value)
        assert envelope_queries.list_open(owner.organization.id) == []

    def test_two_owners_at_the_same_time_see_each_other(self, owner: Owner) -> None:
        one = an_envelope(owner)
        page, seen = f"{PAGE}/envelopes/{one.id}", envelope_terms.as_text(one)
        owner.post(page, wanted(owner, amount="100", seen=seen))
        second = owner.post(page, wanted(owner, amount="150", seen=seen))
        assert second.status_code == 422
        assert "$100.00 is now set aside until" in text_of(second)
        assert 'value="150"' in second.text
        db.session.expire_all()
        assert envelope_queries.list_open(owner.organization.id)[0].amount_micro == 100_000_000

    def test_it_is_not_lowered_below_what_calls_hold(self, owner: Owner) -> None:
        one = an_envelope(owner)
        holds.reserve(
            owner.organization.id,
            "call",
            usd("30"),
            at=utc_now(),
            lease=timedelta(minutes=5),
            campaign="Spring recall",
        )
        db.session.commit()
        page = f"{PAGE}/envelopes/{one.id}"
        refused = owner.post(page, wanted(owner, amount="20", seen=envelope_terms.as_text(one)))
        assert "Calls have used or reserved $30.00 of it." in text_of(refused)

    def test_a_dispute_that_cuts_it_is_said(self, owner: Owner) -> None:
        an_envelope(owner)
        withdraw(owner.organization, "150")
        assert "$70.00 was deducted because of a refund, a dispute or expired credit" in owner.reads(PAGE)

    def test_another_organization_never_sees_it(self, owner: Owner, app: Flask) -> None:
        one, other = an_envelope(owner), Owner(app)
        page = f"{PAGE}/envelopes/{one.id}"
        assert other.get(page).status_code == 404
        assert "has ended" in text_of(other.get(other.post(f"{page}/end").location))
        db.session.rollback()
        assert envelope_queries.list_open(owner.organization.id) != []

    def test_a_stolen_session_is_asked_who_it_is(self, owner: Owner) -> None:
        minutes_pass(60)
        assert owner.post(f"{PAGE}/envelopes", wanted(owner)).status_code != 303
        assert envelope_queries.list_open(owner.organization.id) == []


class TestReserve:
    def test_an_amount_days_of_rent_or_nothing_is_kept(self, owner: Owner) -> None:
        resource_counts.set_counts(owner.organization.id, {"phone_numbers": 3})
        db.session.commit()
        kept = owner.post(f"{PAGE}/reserve", {"kind": "rent", "floor": ""} | seen_on(owner.get(PAGE)))
        assert "$7.20 is kept for number rent and inbound calls." in text_of(owner.get(kept.location))
        assert "the rent of 3 numbers for 30 days" in owner.reads(PAGE)
        owner.post(f"{PAGE}/reserve", {"kind": "amount", "floor": "25"} | seen_on(owner.get(PAGE)))
        assert "can't use the last $25.00 of your available credit" in owner.reads(PAGE)
        owner.post(f"{PAGE}/reserve", {"kind": "off", "floor": "25"} | seen_on(owner.get(PAGE)))
        assert "There is no reserve" in owner.reads(PAGE)

    def test_one_that_stops_outbound_calls_asks_first(self, owner: Owner) -> None:
        typed = {"kind": "amount", "floor": "300"} | seen_on(owner.get(PAGE))
        asked = owner.post(f"{PAGE}/reserve", typed)
        assert asked.status_code == 422
        assert "outbound calls stop now, until you top up" in text_of(asked)
        assert ledger.lock(owner.organization.id).reserve_micro == 0
        db.session.rollback()
        owner.post(f"{PAGE}/reserve", typed | {"sure": "300.000000"})
        assert "Outbound calls are paused" in owner.reads(PAGE)
        assert "outbound calls are paused" in owner.reads("/billing/wallet").lower()

    @pytest.mark.parametrize(
        ("typed", "said"), [({"kind": ""}, "Choose whether"), ({"kind": "amount"}, "Enter an")]
    )
    def test_what_is_wrong_is_said(self, owner: Owner, typed: dict[str, str], said: str) -> None:
        assert said in text_of(owner.post(f"{PAGE}/reserve", typed | seen_on(owner.get(PAGE))))


class TestShown:
    def test_wallet_and_overview_say_what_is_set_aside_also_live(self, owner: Owner) -> None:
        one = an_envelope(owner)
        with owner.client.application.test_request_context():
            until = day(one.until)
        for page in ("/billing", "/billing/live/overview", "/billing/wallet", "/billing/live/wallet"):
            assert f"Set aside for Spring recall until {until}" in owner.reads(page), page
        assert f"$120.00 set aside for Spring recall until {until}." in owner.reads("/billing/wallet")

    def test_a_pause_with_credit_set_aside_says_so(self, owner: Owner) -> None:
        an_envelope(owner, "200")
        said = owner.reads("/billing")
        assert "The rest of your credit is set aside for campaigns" in said
        assert "Spring recall" in said

    def test_an_envelope_costs_a_page_no_statement_more(self, owner: Owner) -> None:
        def count(page: str) -> int:
            owner.reads(page)
            with statements() as seen:
                owner.reads(page)
            return len(seen)

        before = {page: count(page) for page in ("/billing", "/billing/wallet")}
        an_envelope(owner)
        assert {page: count(page) for page in before} == before

    def test_while_the_wallet_is_dry_each_number_and_its_day_is_named(self, owner: Owner) -> None:
        resource_counts.set_counts(owner.organization.id, {"phone_numbers": 2})
        resource_counts.set_names(owner.organization.id, {"phone_numbers": ["+1 212 555 0101"]})
        db.session.commit()
        assert "Numbers at risk" not in owner.reads(PAGE)
        take(an_event(owner.organization, "all", 17_000_000, when=utc_now()), now=utc_now())
        lost = owner.organization.local_day() + timedelta(days=30)
        with owner.client.application.test_request_context():
            words = day_long(lost)
        said = owner.reads(PAGE)
        assert f"+1 212 555 0101: released on {words}" in said
        assert f"A phone number: released on {words}" in said

    def test_very_many_numbers_are_counted_once_the_first_are_named(self, owner: Owner) -> None:
        resource_counts.set_counts(owner.organization.id, {"phone_numbers": 2000})
        resource_counts.set_names(
            owner.organization.id, {"phone_numbers": [f"+1 555 {n}" for n in range(200)]}
        )
        db.session.commit()
        take(an_event(owner.organization, "all", 17_000_000, when=utc_now()), now=utc_now())
        said = owner.reads(PAGE)
        assert said.count(": released on") == 50
        assert "1,950 more numbers, on " in said


def test_no_more_campaigns_have_credit_than_a_page_shows(
    owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(envelope_queries, "MOST_OPEN", 1)
    an_envelope(owner, "10")
    form = {"campaign": "Another", "amount": "7", "until": str(owner.organization.local_day())}
    refused = owner.post("/billing/wallet/set-aside/envelopes", form)
    assert refused.status_code == 422
    assert "End one that's no longer needed." in text_of(refused)
    assert 'value="Another"' in refused.text
