"""The daily limit: what counts toward it, when it leaves room again, and who is asked under the wallet's lock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from app.billing import topups
from app.billing.topups import DailyLimitReachedError, daily_limits, limit_changes, refunds
from app.billing.topups.daily_limits import WINDOW
from app.billing.topups.limit_changes import LimitTooHighError
from app.clock import utc_now
from app.extensions import db
from app.models import AuditEvent, DailyLimit, Mail, Organization, PaymentMethod, TopUp, TopUpStatus
from app.models.scope import scope_to
from app.money import Money
from app.pages.activity import wording
from app.payments import refunds as stripe_refunds
from tests.factories import OWNER, a_payer, a_person, an_organization, usd
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


class TestChoosing:
    def test_a_lower_one_applies_immediately(self, app: Flask) -> None:
        organization = an_organization()
        assert choose(organization, "500").limit == usd("500")
        assert left(organization) == usd("500")

    def test_a_higher_one_takes_a_day(self, app: Flask) -> None:
        organization = an_organization()
        choose(organization, "500")
        raised = choose(organization, "2000")
        assert (raised.limit, raised.raised) == (usd("500"), usd("2000"))
        now = utc_now()
        for hours, limit in ((23, "500"), (25, "2000")):
            found = daily_limits.in_force(organization.id, now + timedelta(hours=hours))
            assert found.limit == usd(limit)

    def test_lowering_it_again_cancels_the_raise(self, app: Flask) -> None:
        organization = an_organization()
        for amount in ("500", "2000", "500"):
            choose(organization, amount)
        later = daily_limits.in_force(organization.id, utc_now() + timedelta(days=9))
        assert (later.limit, later.raised) == (usd("500"), None)

    def test_a_raise_that_took_effect_is_what_the_next_change_starts_from(self, app: Flask) -> None:
        organization = an_organization()
        for amount in ("500", "2000"):
            choose(organization, amount)
        row = db.session.get_one(DailyLimit, organization.id)
        row.raised_at = utc_now() - timedelta(seconds=1)
        db.session.commit()
        raised = choose(organization, "3000")
        assert (raised.limit, raised.raised) == (usd("2000"), usd("3000"))

    def test_each_raise_begins_to_wait_again(self, app: Flask) -> None:
        organization = an_organization()
        choose(organization, "500")
        first, second = choose(organization, "2000"), choose(organization, "3000")
        assert first.raised_at and second.raised_at
        assert second.raised_at > first.raised_at
        assert second.limit == usd("500")

    def test_zero_stops_all_top_ups(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        choose(organization, "0")
        with pytest.raises(DailyLimitReachedError):
            begin(organization, card, "10")

    def test_no_owner_exceeds_the_catalog(self, app: Flask) -> None:
        with pytest.raises(LimitTooHighError):
            choose(an_organization(), "10000.01")

    def test_an_operator_allows_more_and_takes_it_back(self, app: Flask) -> None:
        organization = an_organization()
        assert limit_changes.allow(organization, usd("50000"), OWNER).limit == usd("50000")
        choose(organization, "20000")
        assert limit_changes.allow(organization, None, OWNER).limit == usd("10000")

    def test_what_an_owner_lowered_stays_whatever_operators_allow(self, app: Flask) -> None:
        organization = an_organization()
        choose(organization, "500")
        assert limit_changes.allow(organization, usd("50000"), OWNER).limit == usd("500")

    def test_every_owner_and_every_recipient_is_told(self, app: Flask) -> None:
        organization = an_organization()
        for email in ("dana@harbor.example", "eli@harbor.example"):
            a_person(email, organization=organization)
        organization.billing_emails = ["books@harbor.example", "Dana@harbor.example"]
        choose(organization, "500")
        choose(organization, "500")
        told = db.session.scalars(db.select(Mail.recipient).filter_by(kind="daily_limit_changed"))
        assert sorted(told) == ["Dana@harbor.example", "books@harbor.example", "eli@harbor.example"]

    def test_the_audit_trail_says_from_what_to_what_and_when(self, app: Flask) -> None:
        organization = an_organization()
        for amount in ("500", "2000"):
            choose(organization, amount)
        entries = db.session.scalars(db.select(AuditEvent).filter_by(action="daily_limit.changed"))
        assert [wording.find_wording(one.action).detail(one) for one in entries] == [
            "From $10,000.00 to $500.00",
            "From $500.00 to $2,000.00, after 24 hours",
        ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "may top up $10,000.00 in any 24 hours"),
        (["25000"], "may top up $25,000.00 in any 24 hours"),
        (["--catalog"], "may top up $10,000.00 in any 24 hours"),
        (["25000", "--catalog"], "not both"),
        (["1e9"], "in digits"),
    ],
)
def test_the_operators_command(app: Flask, arguments: list[str], says: str) -> None:
    slug = an_organization("Harbor Dental").slug
    said = app.test_cli_runner().invoke(args=["organization", "daily-limit", slug, *arguments]).output
    assert says in said
