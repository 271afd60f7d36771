"""The daily limit on the pages: said before Pay, refused with what is left, and changed by owners."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.billing.topups import limit_changes
from app.clock import utc_now
from app.extensions import db
from app.models import TopUp, TopUpStatus
from tests.factories import OWNER, a_stripe_card, usd
from tests.support.browsing import HTMX, seen_on, text_of
from tests.support.money import assert_ledger_matches, credited
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox

PAGE = "/billing/wallet/daily-limit"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app)


def lower(owner: Owner, amount: str) -> None:
    limit_changes.choose(owner.organization, usd(amount), OWNER)
    db.session.commit()


def save(owner: Owner, limit: str) -> TestResponse:
    """Type another limit on its page, and see what follows."""
    typed = {"limit": limit} | seen_on(owner.get(PAGE))
    return owner.post(PAGE, typed, follow_redirects=True)


class TestSixtyClicks:
    """What a stolen session would do: many top-ups of the largest amount, all at the same moment."""

    @pytest.mark.long
    def test_they_end_at_the_limit(self, owner: Owner, sandbox: Sandbox) -> None:
        reviews = [owner.review("5000") for _ in range(60)]
        tabs = [owner, *(owner.elsewhere() for _ in range(5))]
        with ThreadPoolExecutor(6) as hands:
            answers = list(
                hands.map(lambda each: tabs[each[0] % 6].post(f"{each[1]}/payments"), enumerate(reviews))
            )
        assert sorted(answer.status_code for answer in answers) == [303] * 2 + [422] * 58
        assert credited(owner.organization) == [5000, 5000]
        assert len([one for one in sandbox.charges() if one.paid]) == 2
        assert_ledger_matches(owner.organization, sandbox)
        refused = next(answer for answer in answers if answer.status_code == 422)
        assert "You've reached your daily top-up limit of $10,000.00." in text_of(refused)

    def test_other_cards_make_no_difference(self, owner: Owner, sandbox: Sandbox) -> None:
        lower(owner, "5000")
        cards = [owner.card, a_stripe_card(owner.organization, "pm_card_mastercard")]
        reviews = [str(owner.choose("3000", card).location) for card in cards]
        assert [owner.pay(review).status_code for review in reviews] == [303, 422]
        assert credited(owner.organization) == [3000]


class TestRefused:
    def test_the_form_keeps_the_amount_and_says_what_is_left(self, owner: Owner) -> None:
        lower(owner, "200")
        owner.pay(owner.review("150"))
        answer = owner.choose("73.21")
        assert answer.status_code == 422
        assert 'value="73.21"' in answer.text
        assert "$50.00 is left of your daily top-up limit of $200.00. You can top up $73.21 from" in text_of(
            answer
        )
        assert 'class="error-summary"' in answer.text

    def test_more_than_the_limit_itself_is_never_possible(self, owner: Owner) -> None:
        lower(owner, "200")
        said = text_of(owner.choose("250"))
        assert "This is more than your daily top-up limit of $200.00. $200.00 is left now." in said

    def test_while_others_are_being_paid_no_time_is_promised(self, owner: Owner, sandbox: Sandbox) -> None:
        lower(owner, "200")
        sandbox.fail("POST /v1/payment_intents", "drop_after", times=3)
        owner.pay(owner.review("150"))
        assert "More may be possible when the payments in progress are done." in text_of(
            owner.choose("73.21")
        )

    def test_a_limit_of_zero_says_that_an_owner_did_it(self, owner: Owner) -> None:
        lower(owner, "0")
        assert "An owner has set the daily top-up limit to zero" in text_of(owner.choose("50"))

    def test_at_pay_the_step_stays_and_an_alert_says_it(self, owner: Owner, sandbox: Sandbox) -> None:
        first, second = owner.review("150"), owner.review("100")
        lower(owner, "200")
        owner.pay(first)
        answer = owner.pay(second, headers=HTMX)
        assert answer.status_code == 422
        alert = answer.text.partition('hx-target="#alert"')[2]
        assert "You can top up $100.00 from" in alert
        assert "Check before you pay" in text_of(answer)
        assert credited(owner.organization) == [150]

    def test_the_review_says_it_before_pay_is_pressed(self, owner: Owner) -> None:
        review = owner.review("150")
        assert (
            "daily top-up limit"
            not in owner.reads(review).partition("Check before you pay")[2].partition("Balance")[0]
        )
        lower(owner, "100")
        assert "This is more than your daily top-up limit of $100.00." in owner.reads(review)

    def test_the_form_says_how_much_is_left_where_that_is_less_than_the_most(self, owner: Owner) -> None:
        assert "of your daily limit" not in owner.reads("/billing/wallet")
        lower(owner, "200")
        assert "$200.00 is left of your daily limit of $200.00." in owner.reads("/billing/wallet")


class TestThePage:
    def test_the_wallet_leads_to_it(self, owner: Owner) -> None:
        said = owner.reads("/billing/wallet")
        assert "Top-ups add up to at most $10,000.00 in any 24 hours." in said
        assert f'href="{PAGE}' in owner.get("/billing/wallet").text

    def test_it_says_what_is_used_and_when_there_is_more(self, owner: Owner) -> None:
        owner.pay(owner.review("150"))
        said = owner.reads(PAGE)
        for words in (
            "Limit $10,000.00",
            "in the last 24 hours $150.00",
            "Left $9,850.00",
            "You can top up more on",
        ):
            assert words in said

    def test_lowered_it_applies_immediately(self, owner: Owner) -> None:
        said = text_of(save(owner, "300"))
        assert "Your daily top-up limit is now $300.00. All owners were notified by email." in said

    def test_raised_it_waits_and_can_be_canceled(self, owner: Owner) -> None:
        lower(owner, "300")
        said = text_of(save(owner, "5,000"))
        assert "Your daily top-up limit will be $5,000.00 from" in said
        assert "To cancel that, save $300.00." in said
        assert "save $300.00" not in text_of(save(owner, "300"))

    @pytest.mark.parametrize(
        ("typed", "says"),
        [
            ("", "Enter an amount"),
            ("-5", "above zero"),
            ("10000.01", "Enter an amount up to $10,000.00. If you need a higher limit, write to support."),
            ("a lot", "in digits"),
        ],
    )
    def test_what_is_wrong_is_said_and_stays(self, owner: Owner, typed: str, says: str) -> None:
        answer = save(owner, typed)
        assert answer.status_code == 422
        assert says in text_of(answer)
        assert f'value="{typed}"' in answer.text

    def test_the_limit_of_another_organization_is_not_touched(self, app: Flask, owner: Owner) -> None:
        other = Owner(app)
        assert "is now $300.00" in text_of(save(other, "300"))
        assert "Limit $10,000.00" in owner.reads(PAGE)


def test_yesterdays_top_ups_leave_room(owner: Owner) -> None:
    lower(owner, "200")
    owner.pay(owner.review("150"))
    [top_up] = db.session.scalars(db.select(TopUp).filter_by(status=TopUpStatus.SUCCEEDED))
    top_up.settled_at = utc_now() - timedelta(hours=25)
    db.session.commit()
    assert owner.pay(owner.review("150")).status_code == 303
