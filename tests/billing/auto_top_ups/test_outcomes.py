"""Declines: the next card immediately, a stated schedule, the owner's bank, and the end after three in a row."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing import topups
from app.billing.auto_top_ups import outcomes
from app.billing.auto_top_ups.outcomes import SCHEDULE, WAIT_FOR_OWNER
from app.clock import utc_now
from app.extensions import db
from app.models import (
    AttemptOutcome,
    AuditEvent,
    AutoTopUpAttempt,
    Mail,
    OffReason,
    Organization,
    PaymentMethod,
    TopUpStatus,
)
from tests.factories import OWNER, a_payer, a_person, a_stripe_card
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
from tests.support.sandbox import Sandbox, work_through


def with_backup(credit: str = "30") -> tuple[Organization, PaymentMethod, PaymentMethod]:
    organization, first = a_payer(credit=credit)
    backup = a_stripe_card(organization, "pm_card_mastercard")
    a_person(organization=organization)
    switch_on(organization, first, backup)
    return organization, first, backup


def tried(organization: Organization) -> list[tuple[str, str]]:
    """Cards and outcomes, oldest first."""
    db.session.rollback()
    query = db.select(AutoTopUpAttempt).filter_by(org_id=organization.id).order_by(AutoTopUpAttempt.at)
    found = db.session.scalars(query, execution_options={"populate_existing": True}).all()
    cards = [db.session.get_one(PaymentMethod, (one.org_id, one.payment_method_id)) for one in found]
    return [(card.last4, str(one.outcome)) for one, card in zip(found, cards, strict=True)]


def told(organization: Organization) -> list[str]:
    """The kinds of the emails that one owner got about failures, oldest first."""
    db.session.rollback()
    query = db.select(Mail.kind).where(Mail.org_id == organization.id).order_by(Mail.created_at, Mail.id)
    wanted = {"auto_top_up_failed", "auto_top_up_off", "payment_failed", "charge"}
    return [kind for kind in db.session.scalars(query) if kind in wanted]


def minutes_to_next(organization: Organization) -> float:
    planned = settings_of(organization).next_try_at
    assert planned is not None
    return (planned - utc_now()) / timedelta(minutes=1)


class TestNextCard:
    @pytest.mark.parametrize(
        ("answer", "outcome"),
        [("lost", AttemptOutcome.FINAL), ("asks", AttemptOutcome.CONFIRMATION)],
    )
    def test_is_charged_in_the_same_run_for_the_same_payment(
        self, app: Flask, sandbox: Sandbox, answer: str, outcome: AttemptOutcome
    ) -> None:
        organization, first, backup = with_backup()
        sandbox.control.set_bank_answer(first.stripe_id, answer)  # type: ignore[arg-type]
        use(organization, 15)
        look(organization)
        look(organization)
        assert tried(organization) == [("4242", outcome), ("4444", AttemptOutcome.PAID)]
        assert [one.payment_method_id for one in top_ups(organization)] == [backup.id]
        assert len(sandbox.payment_intents()) == 1, "the same payment"
        assert settings_of(organization).failures == 0
        assert told(organization) == ["charge", "auto_top_up_failed"]
        assert_ledger_matches(organization, sandbox)

    def test_a_card_that_its_bank_gave_up_is_not_asked_again(self, app: Flask, sandbox: Sandbox) -> None:
        organization, first, _ = with_backup()
        sandbox.control.set_bank_answer(first.stripe_id, "lost")
        use(organization, 15)
        look(organization)
        look(organization)
        use(organization, 90, "e2")
        look(organization)
        look(organization)
        assert [card for card, _ in tried(organization)] == ["4242", "4444", "4444"]

    def test_one_that_stripe_no_longer_has_is_skipped(self, app: Flask, sandbox: Sandbox) -> None:
        organization, first, _ = with_backup()
        sandbox.control.detach_card(first.stripe_id)
        use(organization, 15)
        look(organization)
        look(organization)
        assert [status for _, status in amounts(organization)] == ["succeeded"]
        assert tried(organization)[-1] == ("4444", AttemptOutcome.PAID)

    def test_while_credit_is_left_another_decline_waits_for_the_schedule(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization, first, _ = with_backup()
        sandbox.control.set_bank_answer(first.stripe_id, "declines")
        use(organization, 15)
        look(organization)
        look(organization)
        assert tried(organization) == [("4242", AttemptOutcome.DECLINED)]
        assert 59 < minutes_to_next(organization) <= 60
        assert told(organization) == ["auto_top_up_failed"]

    def test_once_credit_runs_out_the_backup_is_charged_without_waiting(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization, first, _ = with_backup()
        sandbox.control.set_bank_answer(first.stripe_id, "declines")
        use(organization, 15)
        work_through(app)
        assert credited(organization) == []
        use(organization, 16, "e2")
        work_through(app)
        assert tried(organization) == [("4242", AttemptOutcome.DECLINED), ("4444", AttemptOutcome.PAID)]
        assert_ledger_matches(organization, sandbox)


class TestSchedule:
    def test_three_failures_in_a_row_switch_it_off_and_tell_the_owners(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization, card = a_payer(credit="30")
        a_person(organization=organization)
        switch_on(organization, card)
        sandbox.control.set_bank_answer(card.stripe_id, "declines")
        use(organization, 15)
        look(organization)
        for wait in SCHEDULE:
            look(organization)
            assert abs(minutes_to_next(organization) - wait / timedelta(minutes=1)) < 1
            let_pass(organization, wait / timedelta(hours=1))
            look(organization)
        look(organization)
        row = settings_of(organization)
        assert (row.is_on, row.off_reason, row.failures) == (False, OffReason.FAILURES, 3)
        assert tried(organization) == [("4242", AttemptOutcome.DECLINED)] * 3
        assert {status for _, status in amounts(organization)} == {"canceled"}
        assert told(organization) == ["auto_top_up_failed"] * 3 + ["auto_top_up_off"]
        query = db.select(AuditEvent).filter_by(org_id=organization.id, action="auto_top_up.switched_off")
        assert db.session.scalars(query).one().details == {"reason": "failures"}
        use(organization, 10, "more")
        work_through(app)
        assert sandbox.charges() == [], "it stays off"

    def test_a_retry_that_is_paid_ends_the_row_of_failures(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = one_with()
        sandbox.control.set_bank_answer(card.stripe_id, "declines")
        use(organization, 15)
        look(organization)
        assert settings_of(organization).failures == 1
        sandbox.control.set_bank_answer(card.stripe_id, "default")
        use(organization, 10, "e2")
        let_pass(organization, 1)
        look(organization)
        look(organization)
        assert settings_of(organization).failures == 0
        first, second = amounts(organization)
        assert (first[1], second[1]) == ("canceled", "succeeded")
        assert float(second[0]) - float(first[0]) == pytest.approx(10, abs=0.02), "today's gap"
        assert_ledger_matches(organization, sandbox)

    def test_without_a_card_that_works_it_says_so_and_ends_as_well(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization, card = one_with()
        sandbox.control.set_bank_answer(card.stripe_id, "lost")
        use(organization, 15)
        look(organization)
        for hours in (1, 6):
            let_pass(organization, hours)
            look(organization)
        row = settings_of(organization)
        assert (row.is_on, row.off_reason) == (False, OffReason.FAILURES)
        assert tried(organization) == [("4242", AttemptOutcome.FINAL)], "asked once"


class TestTheOwnersBank:
    def test_the_same_payment_waits_for_an_owner_who_confirms_it(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = one_with("pm_card_authenticationRequired")
        use(organization, 15)
        look(organization)
        [top_up] = top_ups(organization)
        assert (top_up.status, top_up.decline_code) == (TopUpStatus.DECLINED, "authentication_required")
        assert abs(minutes_to_next(organization) - WAIT_FOR_OWNER / timedelta(minutes=1)) < 1

        paying = topups.pay(organization, top_up.id, card.id, OWNER)
        assert paying.status is TopUpStatus.ACTION
        look(organization)
        sandbox.answer_bank("complete")
        assert topups.refresh(organization, top_up.id, OWNER).status is TopUpStatus.SUCCEEDED
        look(organization)
        assert settings_of(organization).failures == 0
        assert len(sandbox.payment_intents()) == 1, "the same payment intent"
        assert len(top_ups(organization)) == 1
        assert_ledger_matches(organization, sandbox)

    def test_one_that_no_one_confirms_is_canceled_after_a_day_and_tried_again(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization, _ = one_with("pm_card_authenticationRequired")
        use(organization, 15)
        look(organization)
        let_pass(organization, 24)
        look(organization)
        assert [status for _, status in amounts(organization)] == ["canceled", "declined"]
        assert settings_of(organization).failures == 2


def test_an_attempt_that_was_cut_off_before_the_bank_is_no_failure(app: Flask, sandbox: Sandbox) -> None:
    """Killed between the claim of the backup and Stripe: the payment still says what the first card's bank said."""
    organization, first, backup = with_backup()
    sandbox.control.set_bank_answer(first.stripe_id, "lost")
    sandbox.fail("POST /v1/payment_intents/*/confirm", "drop_before", times=3)
    use(organization, 15)
    look(organization)
    sandbox.clear_faults()
    [top_up] = top_ups(organization)
    assert top_up.status is TopUpStatus.PAYING
    topups.recover(organization.id, top_up.id)
    look(organization)
    assert [outcome for _, outcome in tried(organization)] == ["final", "not_tried", "paid"]
    assert [one.payment_method_id for one in top_ups(organization)] == [backup.id]
    assert settings_of(organization).failures == 0
    assert_ledger_matches(organization, sandbox)


def test_its_numbers_are_the_stated_ones() -> None:
    assert (3, (timedelta(hours=1), timedelta(hours=6))) == (outcomes.MOST_FAILURES, SCHEDULE)
