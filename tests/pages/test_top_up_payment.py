"""Paying a top-up in the browser: charged once, whatever people press, and always with words for what happened."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
from flask import Flask

from app.billing import topups
from app.billing.purchases import NotStartedError
from app.clock import utc_now
from app.extensions import db
from app.models import TopUpStatus, TransferKind
from tests.factories import OWNER, a_stripe_card, usd
from tests.support.browsing import HTMX, Visitor, links_of, text_of
from tests.support.money import assert_ledger_matches, balance, credited, the_top_up
from tests.support.moving import post
from tests.support.paying import TOP_UPS, Owner
from tests.support.sandbox import Sandbox, deliver_all

CREATE = "POST /v1/payment_intents"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app)


class TestPaying:
    def test_paying_leads_to_the_result(self, owner: Owner, sandbox: Sandbox) -> None:
        top_up = owner.review("73.21")
        paid = owner.pay(top_up)
        assert (paid.status_code, paid.location) == (303, top_up)
        said = owner.reads(top_up)
        assert "$73.21 was charged to Visa ending in 4242. It's in your available credit." in said
        assert "View receipt" in said
        assert balance(owner.organization) == "73.21"
        assert_ledger_matches(owner.organization, sandbox)

    def test_in_place_the_answer_is_the_step_and_every_region_that_it_touches(self, owner: Owner) -> None:
        top_up = owner.review()
        owner.pay(top_up, headers=HTMX)
        answer = owner.get(top_up, headers=HTMX)
        assert answer.headers["HX-Push-Url"] == top_up
        assert answer.text.lstrip().startswith('<section class="panel" id="top-up"')
        targets = re.findall(r'<hx-partial hx-target="#([a-z-]+)"', answer.text)
        assert targets == ["low-balance", "balance", "history", "status", "alert"]
        assert "$50.00 was added to your wallet." in text_of(answer)

    def test_a_whole_page_pushes_no_address(self, owner: Owner) -> None:
        page = owner.get(owner.review())
        assert "HX-Push-Url" not in page.headers
        assert "<html" in page.text

    def test_its_address_opened_again_shows_the_top_up_and_pays_nothing(
        self, owner: Owner, sandbox: Sandbox
    ) -> None:
        top_up = owner.review()
        assert owner.get(f"{top_up}/payments").location == top_up
        assert sandbox.payment_intents() == []

    @pytest.mark.parametrize("method", ["put", "delete"])
    def test_only_a_form_pays(self, owner: Owner, sandbox: Sandbox, method: str) -> None:
        address = f"{owner.review()}/payments"
        page = owner.client.open(address, method=method.upper(), headers={"X-CSRFToken": owner.token()})
        assert page.status_code == 405
        assert "This can't be done here" in text_of(page)
        assert "POST" in page.headers["Allow"]
        assert sandbox.payment_intents() == []

    def test_a_page_that_is_only_read_takes_no_form(self, owner: Owner) -> None:
        page = owner.post("/billing/wallet")
        assert page.status_code == 405
        assert "GET" in page.headers["Allow"]


class TestPressedAgain:
    """However often Pay is sent, and from wherever, a top-up is charged once."""

    def test_sent_twice(self, owner: Owner, sandbox: Sandbox) -> None:
        top_up = owner.review()
        answers = [owner.pay(top_up) for _ in range(2)]
        assert [(answer.status_code, answer.location) for answer in answers] == [(303, top_up)] * 2
        assert credited(owner.organization) == [50]
        assert_ledger_matches(owner.organization, sandbox)

    @pytest.mark.long
    def test_both_forms_replayed_by_the_back_button(self, owner: Owner, sandbox: Sandbox) -> None:
        top_up = owner.review()
        owner.pay(top_up)
        assert "Check before you pay" in owner.reads(owner.review()), "the form again is a new wish, unpaid"
        owner.pay(top_up)
        assert "Paid" in owner.reads(top_up)
        assert credited(owner.organization) == [50]
        assert_ledger_matches(owner.organization, sandbox)

    def test_from_two_tabs(self, owner: Owner, sandbox: Sandbox) -> None:
        top_up = owner.review()
        second = owner.elsewhere()
        owner.pay(top_up)
        assert second.post(f"{top_up}/payments").location == top_up
        assert credited(owner.organization) == [50]
        assert_ledger_matches(owner.organization, sandbox)

    def test_from_two_tabs_at_the_same_moment(self, owner: Owner, sandbox: Sandbox) -> None:
        top_up = owner.review()
        tabs = [owner, owner.elsewhere()]
        with ThreadPoolExecutor(2) as hands:
            answers = list(hands.map(lambda tab: tab.post(f"{top_up}/payments"), tabs))
        assert [answer.status_code for answer in answers] == [303, 303]
        assert credited(owner.organization) == [50]
        assert_ledger_matches(owner.organization, sandbox)

    def test_a_canceled_top_up_is_not_paid_any_more(self, owner: Owner, sandbox: Sandbox) -> None:
        top_up = owner.review()
        owner.post(f"{top_up}/cancellation")
        assert owner.pay(top_up).location == top_up
        assert "was canceled. Nothing was charged." in owner.reads(top_up)
        assert sandbox.payment_intents() == []


class TestSessions:
    """A session that ended, or a form older than its token, costs neither money nor what was typed."""

    def test_after_signing_out_one_is_asked_to_sign_in_and_the_top_up_is_still_there(
        self, owner: Owner, sandbox: Sandbox
    ) -> None:
        top_up, token = owner.review("73.21"), owner.token()
        owner.post("/sign-out")
        asked = owner.post(f"{top_up}/payments", token=token)
        assert asked.location == f"/sign-in?next={top_up}"
        assert sandbox.payment_intents() == []
        assert owner.sign_in(owner.email, to=top_up).location == top_up
        assert "You'll pay $73.21" in owner.reads(top_up)
        owner.pay(top_up)
        assert_ledger_matches(owner.organization, sandbox)

    def test_in_place_the_page_is_told_that_the_session_ended(self, owner: Owner, sandbox: Sandbox) -> None:
        top_up, token = owner.review(), owner.token()
        owner.post("/sign-out")
        assert owner.post(f"{top_up}/payments", token=token, headers=HTMX).status_code == 401
        assert sandbox.payment_intents() == []

    def test_an_old_form_keeps_what_was_typed_and_can_be_sent_again(
        self, owner: Owner, sandbox: Sandbox
    ) -> None:
        expired = owner.choose("73.21", token=owner.old_token())
        assert expired.status_code == 400
        assert "This form has expired" in text_of(expired)
        assert "73.21" in text_of(expired)
        review = send_again(owner, expired.text)
        assert "You'll pay $73.21 with Visa ending in 4242." in owner.reads(review)

    def test_an_old_review_can_be_paid_after_all(self, owner: Owner, sandbox: Sandbox) -> None:
        top_up = owner.review()
        expired = owner.pay(top_up, token=owner.old_token())
        assert expired.status_code == 400
        assert "Send again" not in text_of(expired), "a payment is only confirmed where it is shown whole"
        assert sandbox.payment_intents() == []
        assert top_up in links_of(expired.text)
        assert "You'll pay $50.00 with Visa ending in 4242." in owner.reads(top_up)
        owner.pay(top_up)
        assert credited(owner.organization) == [50]
        assert_ledger_matches(owner.organization, sandbox)


class TestStrangers:
    @pytest.mark.parametrize("part", ["", "/receipt"])
    def test_someone_elses_top_up_is_not_there_to_read(self, app: Flask, owner: Owner, part: str) -> None:
        theirs = Owner(app).review()
        page = owner.get(f"{theirs}{part}")
        assert page.status_code == 404
        assert "There is no such top-up in this organization." in text_of(page)

    @pytest.mark.parametrize("part", ["payments", "confirmation", "cancellation"])
    def test_nor_to_change(self, app: Flask, owner: Owner, sandbox: Sandbox, part: str) -> None:
        stranger = Owner(app)
        theirs = stranger.review()
        page = owner.post(f"{theirs}/{part}", {"card": str(owner.card.id)})
        assert page.status_code == 404
        assert "There is no such top-up in this organization." in text_of(page)
        assert the_top_up(stranger.organization).status is TopUpStatus.REVIEW
        assert sandbox.payment_intents() == []

    @pytest.mark.parametrize("id_", ["00000000-0000-0000-0000-000000000000", "1", "null"])
    def test_an_id_that_is_nobodys(self, owner: Owner, id_: str) -> None:
        assert owner.get(f"{TOP_UPS}/{id_}").status_code == 404


class TestStripeAway:
    def test_too_busy_it_says_that_nothing_was_taken_and_stays_payable(
        self, owner: Owner, sandbox: Sandbox
    ) -> None:
        top_up = owner.review()
        sandbox.fail(CREATE, "429")
        page = owner.pay(top_up)
        assert page.status_code == 422
        assert "The payment processor is busy, so your card was not charged." in text_of(page)
        assert "Pay $50.00" in text_of(page)
        assert owner.pay(top_up).status_code == 303
        assert credited(owner.organization) == [50]
        assert_ledger_matches(owner.organization, sandbox)

    def test_out_of_reach_the_payment_is_said_to_be_on_its_way(self, owner: Owner, sandbox: Sandbox) -> None:
        top_up = owner.review()
        sandbox.fail(CREATE, "drop_before", times=3)
        assert owner.pay(top_up).location == top_up
        page = owner.get(top_up)
        assert "Your payment of $50.00 with Visa ending in 4242 is in progress." in text_of(page)
        assert "you won't be charged twice" in text_of(page)
        assert "/payments" not in page.text, "there is nothing to press"
        assert "Pending" in owner.reads("/billing/wallet")

    def test_a_lost_answer_is_settled_by_the_webhook(
        self, app: Flask, owner: Owner, sandbox: Sandbox
    ) -> None:
        top_up = owner.review()
        sandbox.fail(CREATE, "drop_after", times=3)
        owner.pay(top_up)
        sandbox.clear_faults()
        assert "is in progress" in owner.reads(top_up)
        deliver_all(app, sandbox)
        assert "Paid" in owner.reads(top_up)
        assert credited(owner.organization) == [50]
        assert_ledger_matches(owner.organization, sandbox)

    def test_what_is_on_its_way_can_not_be_canceled(self, owner: Owner, sandbox: Sandbox) -> None:
        top_up = owner.review()
        sandbox.fail(CREATE, "drop_after", times=3)
        owner.pay(top_up)
        owner.post(f"{top_up}/cancellation")
        assert the_top_up(owner.organization).status is TopUpStatus.PAYING
        assert "is in progress" in owner.reads(top_up)


def send_again(visitor: Visitor, html: str) -> str:
    """Press Send again on the page of an expired form; where that leads."""
    form = re.search(r'<form class="form" method="post" action="([^"]+)">(.*?)</form>', html, re.DOTALL)
    assert form, "there is nothing to send again"
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[2]))
    token = unescape(fields.pop("csrf_token"))
    sent = visitor.post(
        unescape(form[1]), {name: unescape(value) for name, value in fields.items()}, token=token
    )
    assert sent.status_code == 303
    return str(sent.location)


class TestBrowserSignals:
    """Where a saved card is charged on the server, Radar knows nothing of the browser unless the page sends it."""

    def radar_session(self, sandbox: Sandbox) -> str | None:
        [charge] = sandbox.charges()
        return charge.radar_options.session if charge.radar_options else None

    def test_they_go_with_the_payment_of_a_saved_card(self, owner: Owner, sandbox: Sandbox) -> None:
        review = owner.review()
        assert 'name="radar_session"' in owner.get(review).text
        owner.post(f"{review}/payments", {"radar_session": "rse_1Abc"})
        assert self.radar_session(sandbox) == "rse_1Abc"
        assert credited(owner.organization) == [50]

    @pytest.mark.parametrize("given", ["", "rse_", "pi_1", "rse_é", "rse_" + "1" * 1000])
    def test_without_any_the_payment_is_made_all_the_same(
        self, owner: Owner, sandbox: Sandbox, given: str
    ) -> None:
        owner.post(f"{owner.review()}/payments", {"radar_session": given})
        assert self.radar_session(sandbox) is None
        assert credited(owner.organization) == [50]

    def test_they_go_with_another_try(self, owner: Owner, sandbox: Sandbox) -> None:
        bad = a_stripe_card(owner.organization, "pm_card_chargeCustomerFail")
        review = str(owner.choose("50", bad).location)
        owner.pay(review)
        assert 'name="radar_session"' in owner.get(review).text
        owner.post(f"{review}/payments", {"card": str(owner.card.id), "radar_session": "rse_2"})
        assert self.radar_session(sandbox) == "rse_2"

    def test_a_card_that_is_entered_brings_its_own(self, owner: Owner, sandbox: Sandbox) -> None:
        entered = {"card": "another", "confirmation_token": sandbox.enter_card(), "amount": "50"}
        review = str(owner.post(TOP_UPS, entered).location)
        assert 'name="radar_session"' not in owner.get(review).text

    def test_one_that_stripe_refuses_charges_nothing_and_the_card_can_be_tried_again(
        self, owner: Owner, sandbox: Sandbox
    ) -> None:
        top_up = topups.begin(owner.organization, usd("50"), owner.card.id, OWNER)
        db.session.commit()
        with pytest.raises(NotStartedError):
            topups.pay(owner.organization, top_up.id, owner.card.id, OWNER, radar_session="gone")
        db.session.rollback()
        assert sandbox.charges() == []
        topups.pay(owner.organization, top_up.id, owner.card.id, OWNER)
        assert credited(owner.organization) == [50]


class TestPausedCalling:
    """The review and the result say what a top-up does for calling."""

    def test_enough_resumes_it_and_the_result_says_so_for_good(self, app: Flask, sandbox: Sandbox) -> None:
        owner = a_paused_owner(app)
        top_up = owner.review("250")
        assert "Calling resumes with it." in owner.reads(top_up)
        owner.pay(top_up)
        for _ in range(2):
            assert "Calling resumed with it." in owner.reads(top_up)

    def test_too_little_says_what_is_missing_before_and_after(self, app: Flask, sandbox: Sandbox) -> None:
        owner = a_paused_owner(app)
        top_up = owner.review("25")
        said = "Calling stays paused: it needs $147.42 more."
        assert said in owner.reads(top_up)
        owner.pay(top_up)
        assert said in owner.reads(top_up)
        assert "Calling resumed" not in owner.reads(top_up)

    def test_the_first_credit_resumes_nothing(self, app: Flask, sandbox: Sandbox) -> None:
        owner = Owner(app)
        top_up = owner.review()
        assert "Calling resumes" not in owner.reads(top_up)
        owner.pay(top_up)
        assert "Calling resumed" not in owner.reads(top_up)


def a_paused_owner(app: Flask) -> Owner:
    """Someone whose calling is paused at -$172.41."""
    owner = Owner(app, credit="10")
    post(owner.organization, TransferKind.DISPUTE, usd("182.41"), utc_now(), out=True)
    return owner
