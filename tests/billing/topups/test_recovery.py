"""Payments whose answer was lost or whose process was killed: found again, charged once, credited once."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing import topups
from app.billing.purchases import NotStartedError
from app.extensions import db
from app.models import TopUpStatus
from tests.factories import OWNER, a_payer
from tests.support.money import assert_ledger_matches, credited, the_top_up
from tests.support.sandbox import Sandbox
from tests.support.topping_up import begin, pay

CREATE = "POST /v1/payment_intents"


class TestLostAnswers:
    """Stripe slow, broken or out of reach: the top-up stays open, and is settled without charging again."""

    @pytest.mark.one_of_each(by=lambda: "any")
    @pytest.mark.parametrize("kind", ["timeout_after", "drop_after", "500_after"])
    def test_an_answer_lost_after_the_charge_is_credited_once(
        self, app: Flask, sandbox: Sandbox, kind: str
    ) -> None:
        organization, card = a_payer()
        sandbox.fail(CREATE, kind, times=3, delay=3)
        top_up = pay(organization, card)
        sandbox.clear_faults()
        assert top_up.status in {TopUpStatus.PAYING, TopUpStatus.SUCCEEDED}
        assert topups.recover(organization.id, top_up.id)
        assert the_top_up(organization).status is TopUpStatus.SUCCEEDED
        assert len(sandbox.charges()) == 1
        assert_ledger_matches(organization, sandbox)

    @pytest.mark.parametrize("kind", ["drop_before", "500_before", "409", "html"])
    def test_an_attempt_that_never_arrived_is_made_later_and_once(
        self, app: Flask, sandbox: Sandbox, kind: str
    ) -> None:
        organization, card = a_payer()
        sandbox.fail(CREATE, kind, times=3)
        top_up = pay(organization, card)
        assert top_up.status is TopUpStatus.PAYING
        assert sandbox.charges() == []
        sandbox.clear_faults()
        topups.recover(organization.id, top_up.id)
        topups.recover(organization.id, top_up.id)
        assert len(sandbox.charges()) <= 1
        assert_ledger_matches(organization, sandbox)

    def test_too_many_requests_give_the_top_up_back_uncharged(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        sandbox.fail(CREATE, "429", times=3)
        top_up_id = begin(organization, card)
        with pytest.raises(NotStartedError):
            topups.pay(organization, top_up_id, card.id, OWNER)
        assert the_top_up(organization).status is TopUpStatus.REVIEW
        sandbox.clear_faults()
        topups.pay(organization, top_up_id, card.id, OWNER)
        assert_ledger_matches(organization, sandbox)

    def test_while_stripe_is_away_the_top_up_stays_open(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        sandbox.fail(CREATE, "drop_before", times=50)
        sandbox.fail("GET /v1/payment_intents", "500_before", times=50)
        top_up = pay(organization, card)
        assert not topups.recover(organization.id, top_up.id)
        assert the_top_up(organization).status is TopUpStatus.PAYING

    def test_a_second_press_while_the_answer_is_out_charges_nothing(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization, card = a_payer()
        sandbox.fail(CREATE, "drop_after", times=3)
        top_up = pay(organization, card)
        sandbox.clear_faults()
        topups.pay(organization, top_up.id, card.id, OWNER)
        topups.recover(organization.id, top_up.id)
        assert len(sandbox.charges()) == 1
        assert_ledger_matches(organization, sandbox)


class TestKilledProcesses:
    """What is left when a process dies at the worst moment is taken up by the job that was enqueued with it."""

    def test_killed_after_the_charge_and_before_the_credit(
        self, app: Flask, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        organization, card = a_payer()
        top_up_id = begin(organization, card)
        _die_at(monkeypatch, "app.billing.topups.settlement.apply")
        with pytest.raises(KilledError):
            topups.pay(organization, top_up_id, card.id, OWNER)
        monkeypatch.undo()
        db.session.rollback()
        assert the_top_up(organization).status is TopUpStatus.PAYING
        assert topups.recover(organization.id, top_up_id)
        assert_ledger_matches(organization, sandbox)

    def test_killed_before_the_charge(
        self, app: Flask, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        organization, card = a_payer()
        top_up_id = begin(organization, card)
        _die_at(monkeypatch, "app.payments.charging.charge")
        with pytest.raises(KilledError):
            topups.pay(organization, top_up_id, card.id, OWNER)
        monkeypatch.undo()
        db.session.rollback()
        assert sandbox.charges() == []
        assert topups.recover(organization.id, top_up_id)
        assert credited(organization) == [50]
        assert_ledger_matches(organization, sandbox)

    def test_the_worker_killed_between_charge_and_credit(
        self, app: Flask, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        organization, card = a_payer()
        sandbox.fail(CREATE, "drop_before", times=3)
        top_up = pay(organization, card)
        sandbox.clear_faults()
        _die_at(monkeypatch, "app.billing.topups.settlement.apply")
        with pytest.raises(KilledError):
            topups.recover(organization.id, top_up.id)
        monkeypatch.undo()
        db.session.rollback()
        assert topups.recover(organization.id, top_up.id)
        assert len(sandbox.charges()) == 1
        assert_ledger_matches(organization, sandbox)


class KilledError(BaseException):
    """Ends a call as a killed process does: no handler of the code under test catches it."""


def _die_at(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    def die(*_: object, **__: object) -> None:
        raise KilledError

    monkeypatch.setattr(place, die)
