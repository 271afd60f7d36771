"""The daily limit: what counts toward it, when it leaves room again, and who is asked under the wallet's lock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from app.billing import topups
from app.billing.topups import DailyLimitReachedError, daily_limits, limit_changes, refunds
from app.billing.topups.daily_limits import WINDOW
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PaymentMethod, TopUp, TopUpStatus
from app.models.scope import scope_to
from app.money import Money
from app.payments import refunds as stripe_refunds
from tests.factories import OWNER, a_payer, usd
from tests.support.money import credited
from tests.support.sandbox import Sandbox, deliver_all
from tests.support.topping_up import begin, pay


def left(organization: Organization) -> Money:
    db.session.rollback()
    return daily_limits.gather(organization.id).left


def a_top_up(organization: Organization, card: PaymentMethod, status: TopUpStatus, amount: str) -> TopUp:
    """A top-up as a row only, settled just now if it was paid."""
    made = TopUp(
        org_id=organization.id,
        amount_micro=usd(amount).micro,
        currency="USD",
        status=status,
        payment_method_id=card.id,
        settled_at=utc_now() if status is TopUpStatus.SUCCEEDED else None,
    )
    db.session.add(made)
    db.session.commit()
    return made


def settle_ago(top_up: TopUp, ago: timedelta) -> None:
    top_up.settled_at = utc_now() - ago
    db.session.commit()


def choose(organization: Organization, amount: str) -> daily_limits.LimitInForce:
    chosen = limit_changes.choose(organization, usd(amount), OWNER)
    db.session.commit()
    return chosen


COUNTS = {
    TopUpStatus.REVIEW: False,
    TopUpStatus.PAYING: True,
    TopUpStatus.ACTION: True,
    TopUpStatus.SUCCEEDED: True,
    TopUpStatus.DECLINED: False,
    TopUpStatus.CANCELED: False,
}
"""Whether a top-up of this status is charged or under way."""


class TestWhatCounts:
    @pytest.mark.parametrize("status", TopUpStatus)
    def test_what_was_charged_or_is_under_way(
        self, app: Flask, sandbox: Sandbox, status: TopUpStatus
    ) -> None:
        organization, card = a_payer()
        a_top_up(organization, card, status, "4000")
        assert left(organization) == usd("6000" if COUNTS[status] else "10000")

    def test_a_day_later_it_leaves_room_again(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        top_up = a_top_up(organization, card, TopUpStatus.SUCCEEDED, "4000")
        settle_ago(top_up, WINDOW - timedelta(minutes=1))
        assert left(organization) == usd("6000")
        settle_ago(top_up, WINDOW + timedelta(minutes=1))
        assert left(organization) == usd("10000")

    def test_what_is_under_way_counts_however_old_it_is(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        top_up = a_top_up(organization, card, TopUpStatus.ACTION, "4000")
        top_up.created_at = top_up.claimed_at = utc_now() - timedelta(days=3)
        db.session.commit()
        assert left(organization) == usd("6000")

    def test_a_refund_makes_no_room(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        top_up = pay(organization, card, "4000")
        refund = sandbox.stripe.v1.refunds.create({"payment_intent": top_up.payment_intent_id or ""})
        refunds.apply(stripe_refunds.fetch(refund.id))
        assert credited(organization) == [4000]
        assert left(organization) == usd("6000")

    def test_other_organizations_count_for_themselves(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        a_top_up(organization, card, TopUpStatus.SUCCEEDED, "4000")
        assert left(a_payer()[0]) == usd("10000")


class TestWhenItEnds:
    def test_a_top_up_beyond_it_is_refused_before_anything_is_written(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization, card = a_payer()
        a_top_up(organization, card, TopUpStatus.SUCCEEDED, "6000")
        with pytest.raises(DailyLimitReachedError) as error:
            topups.begin(organization, usd("4000.01"), card.id, OWNER)
        assert (error.value.left, error.value.limit) == (usd("4000"), usd("10000"))
        assert db.session.query(TopUp).count() == 1
        assert pay(organization, card, "4000").status is TopUpStatus.SUCCEEDED
        assert left(organization) == usd("0")

    def test_one_that_was_reviewed_before_is_refused_when_it_is_paid(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization, card = a_payer()
        reviewed = begin(organization, card, "5000")
        a_top_up(organization, card, TopUpStatus.PAYING, "5001")
        with pytest.raises(DailyLimitReachedError):
            topups.pay(organization, reviewed, card.id, OWNER)
        db.session.rollback()
        assert topups.find(organization.id, reviewed).status is TopUpStatus.REVIEW
        assert sandbox.payment_intents() == []

    def test_it_says_when_so_much_is_possible_again(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        for ago, amount in ((20, "5000"), (10, "3000"), (1, "2000")):
            settle_ago(a_top_up(organization, card, TopUpStatus.SUCCEEDED, amount), timedelta(hours=ago))
        usage = daily_limits.gather(organization.id)
        hours = {}
        for amount in ("5000", "5000.01", "8000.01", "10000.01"):
            at = usage.possible_at(usd(amount))
            hours[amount] = round((at - utc_now()).total_seconds() / 3600) if at else None
        assert hours == {"5000": 4, "5000.01": 14, "8000.01": 23, "10000.01": None}

    def test_a_declined_one_gives_its_room_back(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer("pm_card_chargeCustomerFail")
        assert pay(organization, card, "5000").status is TopUpStatus.DECLINED
        assert left(organization) == usd("10000")

    @pytest.mark.long
    def test_of_many_at_the_same_moment_none_exceeds_it_also_where_webhooks_are_late(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization, card = a_payer()
        reviewed = [begin(organization, card, "4000") for _ in range(12)]

        def press(top_up_id: object) -> str:
            with app.app_context():
                scope_to(db.session(), organization.id)
                found = db.session.get_one(Organization, organization.id)
                try:
                    return topups.pay(found, top_up_id, card.id, OWNER).status.value  # type: ignore[arg-type]
                except DailyLimitReachedError:
                    return "refused"
                finally:
                    db.session.remove()

        # Their answers are lost, so that what is charged is only known when the webhooks arrive.
        sandbox.fail("POST /v1/payment_intents", "drop_after", times=100)
        db.session.rollback()
        with ThreadPoolExecutor(12) as hands:
            said = list(hands.map(press, reviewed))
        sandbox.clear_faults()
        assert sorted(said) == ["paying"] * 2 + ["refused"] * 10
        assert left(organization) == usd("2000")
        deliver_all(app, sandbox)
        assert credited(organization) == [4000, 4000]
        assert left(organization) == usd("2000")
        with pytest.raises(DailyLimitReachedError):
            begin(organization, card, "4000")
