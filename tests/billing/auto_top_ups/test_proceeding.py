"""From credit that falls to a card that was charged: once, whatever happens on the way."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing import topups
from app.billing.auto_top_ups import recovery
from app.billing.purchases import NotStartedError
from app.extensions import db
from app.models import TopUpStatus, Transfer, TransferKind
from tests.factories import OWNER, a_payer, a_stripe_card, give_credit
from tests.support.auto_top_ups import (
    amounts,
    let_pass,
    look,
    one_with,
    settings_of,
    switch_on,
    top_ups,
    use,
)
from tests.support.money import assert_ledger_matches, credited
from tests.support.sandbox import Sandbox, deliver_all, work_through
from tests.support.topping_up import begin

CREATE = "POST /v1/payment_intents"


@pytest.mark.long
def test_falling_credit_is_topped_up_by_one_charge_that_closes_the_whole_gap(
    app: Flask, sandbox: Sandbox
) -> None:
    organization, card = one_with()
    use(organization, 15)
    work_through(app)
    [top_up] = top_ups(organization)
    assert (top_up.status, top_up.payment_method_id) == (TopUpStatus.SUCCEEDED, card.id)
    wallet = top_up.amount_micro + 30_000_000 - 15_000_000
    assert 100_000_000 <= wallet <= 100_010_000, "to the cent"
    assert [charge.payment_method for charge in sandbox.charges()] == [card.stripe_id]
    work_through(app)
    assert len(sandbox.charges()) == 1
    assert_ledger_matches(organization, sandbox)


@pytest.mark.long
def test_it_begins_again_when_credit_falls_again(app: Flask, sandbox: Sandbox) -> None:
    organization, _ = one_with()
    for number in range(3):
        use(organization, 90 if number else 15, f"e{number}")
        work_through(app)
    assert [status for _, status in amounts(organization)] == ["succeeded"] * 3
    assert_ledger_matches(organization, sandbox)


def test_while_it_is_off_nothing_is_charged(app: Flask, sandbox: Sandbox) -> None:
    organization, _ = a_payer(credit="30")
    use(organization, 25)
    work_through(app)
    look(organization)
    assert sandbox.charges() == []


def test_credit_that_is_below_when_it_is_switched_on_is_topped_up_immediately(
    app: Flask, sandbox: Sandbox
) -> None:
    one_with(credit="5")
    work_through(app)
    assert [charge.amount for charge in sandbox.charges()] == [9500]


@pytest.mark.long
def test_credit_that_came_back_meanwhile_is_left_alone(app: Flask, sandbox: Sandbox) -> None:
    organization, _ = one_with()
    use(organization, 15)
    give_credit(organization, "50")
    work_through(app)
    assert sandbox.charges() == []
    use(organization, 50, "e2")
    work_through(app)
    assert len(sandbox.charges()) == 1, "armed again"


@pytest.mark.long
def test_a_top_up_that_a_person_is_paying_counts(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer(credit="30")
    sandbox.fail(CREATE, "drop_after", times=3)
    top_up = topups.pay(organization, begin(organization, card), card.id, OWNER)
    sandbox.clear_faults()
    assert top_up.status is TopUpStatus.PAYING
    switch_on(organization, card)
    use(organization, 15)
    look(organization)
    assert top_ups(organization) == []
    topups.recover(organization.id, top_up.id)
    work_through(app)
    assert credited(organization) == [50], "that one was enough"
    use(organization, 60, "e2")
    work_through(app)
    assert len(sandbox.charges()) == 2


def test_a_persons_top_up_that_fails_lets_it_begin(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer(credit="30")
    failing = a_stripe_card(organization, "pm_card_chargeCustomerFail")
    sandbox.fail(CREATE, "drop_before", times=3)
    top_up = topups.pay(organization, begin(organization, failing), failing.id, OWNER)
    sandbox.clear_faults()
    switch_on(organization, card)
    use(organization, 15)
    look(organization)
    assert top_ups(organization) == []
    topups.recover(organization.id, top_up.id)
    work_through(app)
    assert [status for _, status in amounts(organization)] == ["succeeded"]


class TestStripeAway:
    """At the trigger: retried, never charged twice."""

    def test_nothing_done_is_tried_again(self, app: Flask, sandbox: Sandbox) -> None:
        organization, _ = one_with()
        sandbox.fail(CREATE, "429", times=3)
        use(organization, 15)
        with pytest.raises(NotStartedError):
            look(organization)
        assert settings_of(organization).failures == 0, "no card's fault"
        sandbox.clear_faults()
        look(organization)
        assert [status for _, status in amounts(organization)] == ["canceled", "succeeded"]
        assert_ledger_matches(organization, sandbox)

    @pytest.mark.long
    @pytest.mark.parametrize("kind", ["drop_after", "500_after"])
    def test_an_answer_that_is_lost_is_found_and_credited_once(
        self, app: Flask, sandbox: Sandbox, kind: str
    ) -> None:
        organization, _ = one_with()
        sandbox.fail(CREATE, kind, times=3)
        use(organization, 15)
        look(organization)
        sandbox.clear_faults()
        look(organization)
        [top_up] = top_ups(organization)
        topups.recover(organization.id, top_up.id)
        deliver_all(app, sandbox)
        look(organization)
        assert len(sandbox.charges()) == 1
        assert [status for _, status in amounts(organization)] == ["succeeded"]
        assert_ledger_matches(organization, sandbox)

    def test_one_that_never_arrived_is_sent_once(self, app: Flask, sandbox: Sandbox) -> None:
        organization, _ = one_with()
        sandbox.fail(CREATE, "drop_before", times=3)
        use(organization, 15)
        look(organization)
        [top_up] = top_ups(organization)
        assert (top_up.status, sandbox.charges()) == (TopUpStatus.PAYING, [])
        sandbox.clear_faults()
        topups.recover(organization.id, top_up.id)
        assert len(sandbox.charges()) == 1
        assert_ledger_matches(organization, sandbox)

    def test_one_that_is_too_old_to_send_is_begun_again(self, app: Flask, sandbox: Sandbox) -> None:
        organization, _ = one_with()
        sandbox.fail(CREATE, "drop_before", times=3)
        use(organization, 15)
        look(organization)
        sandbox.clear_faults()
        let_pass(organization, 1)
        [top_up] = top_ups(organization)
        topups.recover(organization.id, top_up.id)
        assert settings_of(organization).failures == 0
        look(organization)
        assert [status for _, status in amounts(organization)] == ["canceled", "succeeded"]
        assert len(sandbox.charges()) == 1


@pytest.mark.long
def test_webhooks_that_are_held_back_delay_nothing_and_change_nothing(app: Flask, sandbox: Sandbox) -> None:
    organization, _ = one_with()
    use(organization, 15)
    work_through(app)
    assert len(credited(organization)) == 1
    deliver_all(app, sandbox)
    assert len(credited(organization)) == 1
    assert_ledger_matches(organization, sandbox)


def test_a_job_that_was_lost_is_found(app: Flask, sandbox: Sandbox) -> None:
    organization, _ = one_with()
    use(organization, 15)
    db.session.execute(db.text("DELETE FROM procrastinate_jobs"))
    db.session.commit()
    assert recovery.find_due() == [], "its job may still come"
    db.session.execute(db.text("UPDATE wallet_watch SET fired_at = fired_at - interval '3 minutes'"))
    db.session.commit()
    assert recovery.find_due() == [organization.id]
    look(organization)
    assert recovery.find_due() == []
    query = db.select(Transfer).filter_by(org_id=organization.id, kind=TransferKind.TOP_UP)
    assert len(db.session.scalars(query).all()) == 1
