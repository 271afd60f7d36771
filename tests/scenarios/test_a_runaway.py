"""A runaway replayed: usage empties the wallet faster than it is refilled, webhooks are held back, and a worker is killed
between the charge and the credit. At most the brake's charges follow, each told by mail, none twice."""

from __future__ import annotations

import os

from flask import Flask

from app.billing import topups
from app.billing.brake.answering import answer
from app.billing.brake.charges import PER_HOUR
from app.extensions import db
from app.models import Brake, BrakeAnswer, Organization, TopUpStatus
from config import Settings
from tests.factories import OWNER, a_payer, a_person
from tests.support import programs
from tests.support.auto_top_ups import let_pass, look, settings_of, switch_on, top_ups, use
from tests.support.braking import HOUR, emails_of, stops, the_stop, usually_spends
from tests.support.money import assert_ledger_matches
from tests.support.sandbox import WEBHOOK_SECRET, Sandbox, deliver_all, work_through
from tests.support.waiting import wait_until

ROUNDS = 8
"""How often $90 is used: each time more than a refill of $80 adds."""
PER_HOUR_MOST = 4


def an_organization_with_a_past() -> Organization:
    """It spends $20 an hour, and its wallet is refilled from below $20 to $100."""
    organization, card = a_payer(credit="50")
    a_person("owner@test.example", organization=organization)
    usually_spends(organization, 20)
    switch_on(organization, card, cap="5000", has_brake=True)
    return organization


def charge_and_be_killed(organization: Organization, sandbox: Sandbox, settings: Settings) -> None:
    """A worker charges what is due, and dies before it knows."""
    before = len(sandbox.charges())
    sandbox.fail("POST /v1/payment_intents", "timeout_after", delay=30)
    environment = {
        "APP_ENV": "test",
        "DATABASE_URL": settings.database_url,
        "STRIPE_API_BASE": sandbox.url,
        "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }
    process = programs.start("tests.support.top_up_once", [str(organization.id)], os.environ | environment)
    wait_until(lambda: len(sandbox.charges()) > before, "nothing was charged")
    process.kill()
    process.wait()


def run_away(app: Flask, organization: Organization, begin: int = 1) -> None:
    """Round after round is used, while jobs run and look more often than they have to."""
    for number in range(begin, begin + ROUNDS):
        use(organization, 90, f"round {number}")
        work_through(app)
        look(organization)
        for top_up in top_ups(organization):
            if top_up.status is TopUpStatus.PAYING:
                topups.recover(organization.id, top_up.id)


def assert_each_is_told_and_none_is_charged_twice(
    app: Flask, organization: Organization, sandbox: Sandbox
) -> None:
    """Also after all webhooks have come at last, and twice."""
    for _ in range(2):
        deliver_all(app, sandbox)
    charged = [top_up.amount_micro // 10_000 for top_up in top_ups(organization)]
    assert sorted(charged) == sorted(charge.amount for charge in sandbox.charges())
    assert all(top_up.status is TopUpStatus.SUCCEEDED for top_up in top_ups(organization))
    told = sorted(str(mail["top_up_id"]) for mail in emails_of(organization, "charge"))
    assert told == sorted(str(top_up.id) for top_up in top_ups(organization))
    assert_ledger_matches(organization, sandbox)


def test_the_first_charge_out_of_the_band_is_stopped_and_asked_about_once(
    app: Flask, sandbox: Sandbox, settings: Settings
) -> None:
    organization = an_organization_with_a_past()
    use(organization, 35, "before")
    charge_and_be_killed(organization, sandbox, settings)
    run_away(app, organization)
    assert len(sandbox.charges()) == 1
    assert settings_of(organization).refused_for == "brake"
    assert len(stops(organization)) == 1
    assert len(emails_of(organization, "auto_top_up_stopped")) == 1
    assert_each_is_told_and_none_is_charged_twice(app, organization, sandbox)


def test_an_owner_who_lets_it_continue_is_charged_for_the_gap_once_and_then_as_often_as_an_hour_allows(
    app: Flask, sandbox: Sandbox, settings: Settings
) -> None:
    organization = an_organization_with_a_past()
    use(organization, 35, "before")
    work_through(app)
    use(organization, 90, "unlike the past")
    work_through(app)
    answer(organization, the_stop(organization).id, BrakeAnswer.FOR_GOOD, OWNER)
    own = db.session.get_one(Brake, organization.id)
    own.accepted_micro = 10_000_000_000
    db.session.commit()
    charge_and_be_killed(organization, sandbox, settings)
    run_away(app, organization)
    assert len(sandbox.charges()) == PER_HOUR_MOST
    row = settings_of(organization)
    assert row.refused_for == PER_HOUR
    assert row.next_try_at == (top_ups(organization)[0].claimed_at or row.next_try_at) + HOUR
    assert len(stops(organization)) == 1
    assert len(emails_of(organization, "auto_top_up_refused")) == 1
    assert_each_is_told_and_none_is_charged_twice(app, organization, sandbox)


def test_without_a_question_a_day_ends_it(app: Flask, sandbox: Sandbox) -> None:
    """However high an owner has set the bar: hour after hour."""
    organization = an_organization_with_a_past()
    db.session.add(Brake(org_id=organization.id, accepted_micro=10_000_000_000, charges_per_day=6))
    db.session.commit()
    for hour in range(3):
        run_away(app, organization, begin=1 + hour * ROUNDS)
        let_pass(organization, 1.01)
    assert len(sandbox.charges()) == 6
    assert settings_of(organization).refused_for == "brake_day"
    assert_each_is_told_and_none_is_charged_twice(app, organization, sandbox)
