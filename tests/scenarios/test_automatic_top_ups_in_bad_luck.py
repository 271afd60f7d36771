"""What happens to auto top-up between the moment that credit falls and the charge: owners change their minds, cards go
away, credit expires. No card is charged that no one agreed to any more, and none twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.billing import audit, topups
from app.billing.auto_top_ups import monthly_cap, settings
from app.billing.auto_top_ups.settings import ChangedMeanwhileError, Wanted
from app.billing.brake import operators
from app.billing.cards import removal
from app.billing.cards.removal import CardInUseError
from app.billing.credit import grants
from app.billing.credit.grants import Grant
from app.billing.topups import disputes, limit_changes
from app.billing.wallet import holds, ledger
from app.clock import utc_now
from app.extensions import db
from app.models import (
    AutoTopUpConsent,
    Hold,
    HoldState,
    LotKind,
    OffReason,
    Organization,
    PaymentMethod,
    TopUp,
    TopUpStatus,
)
from app.months import Month
from app.payments import disputes as stripe_disputes
from tests.factories import OWNER, a_payer, a_stripe_card, usd
from tests.support.auto_top_ups import (
    WORDS,
    amounts,
    look,
    one_with,
    settings_of,
    switch_on,
    top_ups,
    use,
)
from tests.support.database import inside
from tests.support.money import assert_ledger_matches
from tests.support.sandbox import Sandbox, detach_in_dashboard, network_update, work_through

CREATE = "POST /v1/payment_intents"
Changes = Callable[[Organization, PaymentMethod], object]


def cut_off(sandbox: Sandbox, organization: Organization) -> None:
    """A card is claimed, and its request never comes to Stripe."""
    sandbox.fail(CREATE, "drop_before", times=3)
    use(organization, 15)
    look(organization)
    sandbox.clear_faults()
    assert [one.status for one in top_ups(organization)] == [TopUpStatus.PAYING]
    assert sandbox.charges() == []


def turned_off(organization: Organization, _: PaymentMethod) -> None:
    settings.turn_off(organization, OWNER)


def turned_off_and_on(organization: Organization, card: PaymentMethod) -> None:
    settings.turn_off(organization, OWNER)
    switch_on(organization, card, target="50")


def another_card(organization: Organization, _: PaymentMethod) -> None:
    switch_on(organization, a_stripe_card(organization, "pm_card_mastercard"))


@pytest.mark.parametrize(
    ("change", "charged"),
    [(turned_off, []), (turned_off_and_on, ["4242 35.01"]), (another_card, ["4444 85.01"])],
)
def test_a_request_that_never_arrived_isnt_sent_once_an_owner_has_changed_their_mind(
    app: Flask, sandbox: Sandbox, change: Changes, charged: list[str]
) -> None:
    organization, card = one_with()
    cut_off(sandbox, organization)
    change(organization, card)
    [top_up] = top_ups(organization)
    topups.recover(organization.id, top_up.id)
    assert sandbox.charges() == []
    work_through(app)
    look(organization)
    made = [
        f"{one.payment_method_details.card.last4} {one.amount / 100:.2f}"  # type: ignore[union-attr]
        for one in sandbox.charges()
    ]
    assert made == charged
    assert_ledger_matches(organization, sandbox)


class TestTheCardBetweenTriggerAndCharge:
    def two_cards(self) -> tuple[Organization, PaymentMethod, PaymentMethod]:
        organization, card = a_payer(credit="30")
        backup = a_stripe_card(organization, "pm_card_mastercard")
        switch_on(organization, card, backup)
        use(organization, 15)
        return organization, card, backup

    def paid_by(self, organization: Organization) -> list[PaymentMethod]:
        return [
            db.session.get_one(PaymentMethod, (organization.id, one.payment_method_id))
            for one in top_ups(organization)
            if one.status is TopUpStatus.SUCCEEDED
        ]

    def test_removed_by_an_owner(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card, backup = self.two_cards()
        removal.remove(organization, card.id, OWNER)
        work_through(app)
        assert self.paid_by(organization) == [backup]

    def test_removed_in_stripes_dashboard_before_any_event_of_it(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card, backup = self.two_cards()
        detach_in_dashboard(sandbox, card.stripe_id)
        work_through(app)
        assert self.paid_by(organization) == [backup]
        assert len(sandbox.charges()) == 1

    def test_replaced_by_the_network(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card, _ = self.two_cards()
        network_update(sandbox, card.stripe_id)
        work_through(app)
        assert self.paid_by(organization) == [card]

    def test_expired(self, app: Flask, sandbox: Sandbox) -> None:
        """It is charged all the same: its bank may have replaced it. Whether it pays is the bank's answer."""
        organization, card, _ = self.two_cards()
        card.exp_year = 2020
        db.session.commit()
        work_through(app)
        assert self.paid_by(organization) == [card]

    def test_claimed_already_it_cant_be_removed(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = one_with()
        backup = a_stripe_card(organization, "pm_card_mastercard")
        switch_on(organization, card, backup)
        cut_off(sandbox, organization)
        with pytest.raises(CardInUseError):
            removal.remove(organization, card.id, OWNER)


@pytest.mark.parametrize("turns_off", [False, True])
def test_owners_who_change_the_settings_at_the_same_moment_agree_one_after_the_other(
    app: Flask, sandbox: Sandbox, turns_off: bool
) -> None:
    organization, card = one_with(credit="300")
    version, org_id, card_id = settings_of(organization).version, organization.id, card.id

    def change(number: int) -> str:
        with inside(app):
            mine = db.session.get_one(Organization, org_id)
            if turns_off and number == 0:
                settings.turn_off(mine, OWNER)
                return "off"
            wanted = Wanted(usd("20"), usd("100"), usd(str(400 + number)), (card_id,), version)
            try:
                settings.agree(mine, wanted, WORDS, OWNER)
            except ChangedMeanwhileError:
                db.session.rollback()
                return "told"
            return "agreed"

    with ThreadPoolExecutor(6) as pool:
        came_of_it = list(pool.map(change, range(6)))
    row = settings_of(organization)
    assert came_of_it.count("agreed") <= 1
    assert came_of_it.count("agreed") + came_of_it.count("told") + came_of_it.count("off") == 6
    consents = db.session.scalars(db.select(AutoTopUpConsent).filter_by(org_id=org_id)).all()
    assert len(consents) == 1 + came_of_it.count("agreed")
    assert row.version == version + came_of_it.count("agreed") + came_of_it.count("off")
    assert row.is_on is not turns_off, "an owner who turns it off is never overruled by an older page"


def test_credit_that_expires_beneath_a_hold_is_topped_up_and_the_call_goes_on(
    app: Flask, sandbox: Sandbox
) -> None:
    organization, card = a_payer(credit="15")
    tomorrow = organization.local_day() + timedelta(days=1)
    grants.grant(organization, Grant(LotKind.PROMOTIONAL, usd("25"), "Welcome", "k", tomorrow), OWNER)
    db.session.commit()
    switch_on(organization, card)
    now = utc_now()
    holds.reserve(organization.id, "call", usd("18"), at=now, lease=timedelta(minutes=5))
    db.session.commit()
    work_through(app)
    assert sandbox.charges() == [], "$22 are available"
    db.session.execute(db.text("UPDATE credit_lot SET expires_at = now() WHERE expires_at IS NOT NULL"))
    db.session.execute(db.text("UPDATE wallet SET credit_expires_at = now()"))
    db.session.commit()
    holds.expire(organization.id, at=utc_now())
    db.session.commit()
    assert ledger.lock(organization.id).available == usd("-3")
    db.session.rollback()
    work_through(app)
    assert amounts(organization) == [("103.00", "succeeded")]
    [hold] = db.session.scalars(db.select(Hold).filter_by(org_id=organization.id))
    assert hold.state is HoldState.ACTIVE
    holds.capture(organization.id, "call", at=utc_now())
    db.session.commit()
    assert_ledger_matches(organization, sandbox)


class TestWhatRefusesAChargeChanges:
    """It is asked about again immediately, and not when it would have been otherwise."""

    def refused(self, app: Flask, organization: Organization, reason: str) -> None:
        use(organization, 90, "again")
        work_through(app)
        assert settings_of(organization).refused_for == reason

    def charged(self, app: Flask, **how: Any) -> Organization:
        organization, card = a_payer(credit="30")
        switch_on(organization, card, **how)
        use(organization, 15)
        work_through(app)
        return organization

    def moved(self, app: Flask, organization: Organization, zone: str, months: int) -> datetime:
        """The zone changes, and what was charged is so many months old there; when the next month begins in it."""
        ledger.change_zone(organization, zone)
        month = Month.of(monthly_cap.month_of(organization, utc_now()))
        counted = month.first if months == 0 else month.before.first
        db.session.execute(db.update(TopUp).filter_by(org_id=organization.id).values(auto_month=counted))
        db.session.commit()
        work_through(app)
        return monthly_cap.next_month_at(organization, utc_now())

    def test_by_another_time_zone(self, app: Flask, sandbox: Sandbox) -> None:
        organization = self.charged(app, cap="90")
        self.refused(app, organization, "monthly_cap")
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
            next_month = self.moved(app, organization, zone, months=0)
            assert settings_of(organization).next_try_at == next_month

    def test_by_a_time_zone_in_which_another_month_has_begun(self, app: Flask, sandbox: Sandbox) -> None:
        organization = self.charged(app, cap="90")
        self.refused(app, organization, "monthly_cap")
        charged = len(sandbox.charges())
        self.moved(app, organization, "Pacific/Kiritimati", months=1)
        assert settings_of(organization).refused_for is None
        assert len(sandbox.charges()) == charged + 1

    def test_by_an_operator_who_allows_more_charges(self, app: Flask, sandbox: Sandbox) -> None:
        organization = self.charged(app, cap="900")
        operators.allow(organization, audit.OPERATOR, per_hour=1, per_day=5, floor=usd("1000"))
        db.session.commit()
        self.refused(app, organization, "brake_hour")
        operators.allow(organization, audit.OPERATOR, per_hour=5, per_day=5, floor=usd("1000"))
        db.session.commit()
        work_through(app)
        assert settings_of(organization).refused_for is None
        assert len(sandbox.charges()) == 2

    def test_by_an_operator_who_allows_more_a_day(self, app: Flask, sandbox: Sandbox) -> None:
        organization = self.charged(app, cap="900")
        limit_changes.allow(organization, usd("90"), audit.OPERATOR)
        db.session.commit()
        self.refused(app, organization, "daily_limit")
        limit_changes.allow(organization, usd("500"), audit.OPERATOR)
        db.session.commit()
        work_through(app)
        assert len(sandbox.charges()) == 2


def test_a_dispute_that_comes_while_a_card_is_charged_ends_it_after_that_charge(
    app: Flask, sandbox: Sandbox
) -> None:
    organization, _ = one_with()
    use(organization, 15)
    work_through(app)
    [first] = top_ups(organization)
    sandbox.fail(CREATE, "drop_after", times=3)
    use(organization, 90, "e2")
    look(organization)
    sandbox.clear_faults()
    dispute = sandbox.control.open_dispute(str(first.charge_id))
    disputes.apply(stripe_disputes.fetch(dispute["id"]))
    work_through(app)
    assert settings_of(organization).is_on, "a charge is under way"
    topups.recover(organization.id, top_ups(organization)[1].id)
    work_through(app)
    assert settings_of(organization).off_reason is OffReason.DISPUTE
    assert len(sandbox.charges()) == 2
