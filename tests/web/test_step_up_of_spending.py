"""Which spending asks again who it is: amounts, cards and plans that aren't usual, and many that add up to one."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
from flask import Flask

from app.models import TopUpStatus
from tests.factories import PASSWORD
from tests.support.browsing import text_of
from tests.support.confirming import confirm, minutes_pass
from tests.support.money import balance, credited, the_top_up
from tests.support.paying import TOP_UPS, Owner
from tests.support.plans import sell_plans
from tests.support.sandbox import GOOD, Sandbox

DETAILS = "/billing/details"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app)


class TestWhatIsAsked:
    def test_details_without_another_recipient_are_saved(self, owner: Owner) -> None:
        minutes_pass()
        assert owner.post(DETAILS, {"legal_name": "Harbor", "version": "0"}).status_code == 303
        assert owner.post(DETAILS, {"emails": "x@x.example", "version": "1"}).status_code == 403

    def test_a_usual_top_up_is_paid(self, owner: Owner) -> None:
        minutes_pass()
        assert owner.pay(owner.review("500")).status_code == 303

    def test_a_large_one_is_not_charged_before(self, owner: Owner, sandbox: Sandbox) -> None:
        review = owner.review("500.01")
        minutes_pass()
        asked = owner.pay(review)
        assert asked.status_code == 403
        assert the_top_up(owner.organization).status is TopUpStatus.REVIEW
        assert sandbox.payment_intents() == []
        done = confirm(owner, asked)
        assert done.location == review
        assert sandbox.payment_intents() == []
        assert owner.pay(review).status_code == 303
        assert balance(owner.organization) == "500.01"

    def test_many_small_ones_are_asked_about_as_the_large_one_that_they_make(self, owner: Owner) -> None:
        reviews = [owner.review("250") for _ in range(3)]
        minutes_pass()
        assert [owner.pay(review).status_code for review in reviews] == [303, 303, 403]

    @pytest.mark.parametrize("keep", ["yes", ""])
    def test_a_card_that_is_saved_with_a_top_up_is_asked_about(
        self, owner: Owner, sandbox: Sandbox, keep: str
    ) -> None:
        typed = {
            "card": "another",
            "confirmation_token": sandbox.enter_card(GOOD, keep=bool(keep)),
            "keep": keep,
        }
        review = str(owner.post(TOP_UPS, typed | {"amount": "50"}).location)
        minutes_pass()
        assert owner.pay(review).status_code == (403 if keep else 303)
        assert owner.post(f"{review}/payments", typed).status_code == (403 if keep else 303)
        assert len(sandbox.payment_intents()) == (0 if keep else 1)
        owner.post("/confirm", {"password": PASSWORD, "method": "password"})
        assert owner.pay(review).status_code == 303
        assert len(sandbox.payment_intents()) == 1

    @pytest.mark.parametrize(("plan", "asked"), [("growth:month", False), ("scale:year", True)])
    def test_a_plan_is_asked_about_where_it_costs_as_much_as_a_large_top_up(
        self, owner: Owner, sandbox: Sandbox, plan: str, asked: bool
    ) -> None:
        sell_plans()
        review = str(owner.post("/billing/change-plan", {"plan": plan}).location)
        shown = re.search(r'name="shown" value="([^"]+)"', owner.get(review).text)
        assert shown
        minutes_pass()
        answer = owner.post(f"{review}/confirmation", {"shown": unescape(shown[1])})
        assert answer.status_code == (403 if asked else 303)
        assert ("Confirm it's you to pay for this plan." in text_of(answer)) is asked
        assert (sandbox.payment_intents() == []) is asked
        if asked:
            assert confirm(owner, answer).location == review
            assert owner.post(f"{review}/confirmation", {"shown": unescape(shown[1])}).status_code == 303

    def test_small_ones_at_the_same_moment_are_asked_about_too(self, owner: Owner, sandbox: Sandbox) -> None:
        reviews = [owner.review("250") for _ in range(8)]
        tabs = [owner, *(owner.elsewhere() for _ in range(7))]
        minutes_pass()
        with ThreadPoolExecutor(8) as hands:
            answers = hands.map(
                lambda each: each[0].post(f"{each[1]}/payments"), zip(tabs, reviews, strict=True)
            )
        assert sorted(answer.status_code for answer in answers) == [303] * 2 + [403] * 6
        assert credited(owner.organization) == [250, 250]

    def test_one_that_is_already_paid_is_shown(self, owner: Owner) -> None:
        review = owner.review("600")
        owner.pay(review)
        minutes_pass()
        assert owner.pay(review).location == review
