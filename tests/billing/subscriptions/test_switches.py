"""Switching to a plan that costs more: shown to the cent, charged as shown, and made once it is paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from app.billing import catalog
from app.billing.cards.payment_methods import CardNotUsableError
from app.billing.plans import terms
from app.billing.plans.offers import PlanNotOfferedError
from app.billing.purchases import NotStartedError
from app.billing.subscriptions import previews, switches
from app.billing.subscriptions.switch_conditions import OtherSwitchError
from app.billing.subscriptions.switch_reviews import AlreadyOnItError, PreviewRenewedError
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PlatformMessage, SubscriptionStatus, SwitchStatus
from tests.factories import OWNER, a_payer, a_stripe_card, an_organization, usd
from tests.support.plans import (
    ALWAYS_3DS,
    DECLINES,
    a_subscriber,
    hear_from_stripe,
    plan_of,
    sell_plans,
    switch_to,
)
from tests.support.sandbox import Sandbox

UPDATE = "POST /v1/subscriptions/*"


def invoiced(sandbox: Sandbox) -> list[tuple[int, str | None]]:
    """Total and status of the invoices that are not of zero, the newest first."""
    return [
        (one.total, one.status) for one in sandbox.stripe.v1.invoices.list({"limit": 100}).data if one.total
    ]


def rates_now(organization: Organization) -> str:
    return terms.get_terms(organization).plan_at(utc_now()).key


@pytest.fixture
def payer(app: Flask, sandbox: Sandbox) -> Organization:
    """On the free plan, with a card that pays."""
    sell_plans()
    return a_payer()[0]


class TestFromTheFreePlan:
    def test_what_is_shown_is_what_is_charged(self, payer: Organization, sandbox: Sandbox) -> None:
        switch = switches.begin(payer, "growth", "month", OWNER)
        cost = previews.unpack(switch)
        assert (cost.due, cost.next_charge, switch.is_at_once) == (usd("99"), usd("99"), True)
        assert plan_of(payer).name == "Starter"
        done = switches.confirm(payer, switch.id, OWNER)
        assert done.status is SwitchStatus.DONE
        assert invoiced(sandbox) == [(9_900, "paid")]
        view = plan_of(payer)
        assert (view.name, view.status) == ("Growth", SubscriptionStatus.ACTIVE)
        assert view.renews_on == cost.next_at.date()
        assert rates_now(payer) == "growth"

    def test_by_the_year(self, payer: Organization, sandbox: Sandbox) -> None:
        switch_to(payer, "scale", "year")
        assert invoiced(sandbox) == [(399_000, "paid")]
        view = plan_of(payer)
        assert (view.interval, view.price) == ("year", usd("3990"))

    def test_confirming_twice_charges_once(self, payer: Organization, sandbox: Sandbox) -> None:
        switch = switches.begin(payer, "growth", "month", OWNER)
        for _ in range(3):
            assert switches.confirm(payer, switch.id, OWNER).status is SwitchStatus.DONE
        assert len(sandbox.charges()) == 1

    def test_without_a_card_nothing_is_tried(self, app: Flask, sandbox: Sandbox) -> None:
        sell_plans()
        organization = an_organization()
        switch = switches.begin(organization, "growth", "month", OWNER)
        with pytest.raises(CardNotUsableError, match="Add one"):
            switches.confirm(organization, switch.id, OWNER)
        assert plan_of(organization).name == "Starter"

    def test_everybody_is_told(self, payer: Organization, app: Flask) -> None:
        switch_to(payer, "growth")
        told = db.session.scalars(
            db.select(PlatformMessage).where(PlatformMessage.type == "plan.changed")
        ).one()
        assert (told.data["plan"]["key"], told.data["previous"]["key"]) == ("growth", "starter")
        assert told.data["reason"] == "switched"
        mails = (
            db.session.execute(db.text("SELECT facts FROM mail WHERE kind = 'plan_changed'")).scalars().all()
        )
        assert [facts["plan"] for facts in mails] == ["Growth"]


class TestUpInTheMiddle:
    def test_the_unused_time_is_credited_and_the_invoice_is_the_preview(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization = a_subscriber("growth")
        switch = switches.begin(organization, "scale", "month", OWNER)
        cost = previews.unpack(switch)
        credit, charge = (line.amount for line in cost.lines)
        assert credit < usd("0") < charge
        assert credit + charge == cost.due
        switches.confirm(organization, switch.id, OWNER)
        assert invoiced(sandbox)[0] == (cost.due.minor, "paid")
        assert plan_of(organization).name == "Scale"

    def test_what_is_chosen_already_can_not_be_chosen(self, app: Flask, sandbox: Sandbox) -> None:
        with pytest.raises(AlreadyOnItError):
            switches.begin(a_subscriber("growth"), "growth", "month", OWNER)

    def test_an_old_preview_is_renewed_and_says_so(self, app: Flask, sandbox: Sandbox) -> None:
        organization = a_subscriber("growth")
        switch = switches.begin(organization, "scale", "month", OWNER)
        switch.previewed_at -= timedelta(minutes=6)
        db.session.commit()
        with pytest.raises(PreviewRenewedError, match="more than five minutes old"):
            switches.confirm(organization, switch.id, OWNER)
        assert switches.confirm(organization, switch.id, OWNER).status is SwitchStatus.DONE

    def test_of_two_tabs_the_second_is_shown_what_holds_now(self, app: Flask, sandbox: Sandbox) -> None:
        organization = a_subscriber("growth")
        first = switches.begin(organization, "scale", "month", OWNER)
        second = switches.begin(organization, "growth", "year", OWNER)
        switches.confirm(organization, first.id, OWNER)
        with pytest.raises(PreviewRenewedError, match="Your plan has changed"):
            switches.confirm(organization, second.id, OWNER)
        assert plan_of(organization).name == "Scale"
        assert not second.is_at_once


class TestPayingFails:
    def test_a_declined_card_leaves_the_plan_and_another_card_makes_the_switch(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        sell_plans()
        organization, _ = a_payer(DECLINES)
        declined = switch_to(organization, "growth")
        assert (declined.status, declined.decline_code) == (SwitchStatus.DECLINED, "generic_decline")
        assert plan_of(organization).name == "Starter"
        other = a_stripe_card(organization)
        paid = switches.pay(organization, declined.id, other.id, OWNER)
        assert paid.status is SwitchStatus.DONE
        assert plan_of(organization).name == "Growth"
        assert len(sandbox.charges()) == 1

    def test_the_banks_confirmation_is_waited_for(self, app: Flask, sandbox: Sandbox) -> None:
        sell_plans()
        organization, _ = a_payer(ALWAYS_3DS)
        waiting = switch_to(organization, "growth")
        assert waiting.status is SwitchStatus.ACTION
        assert plan_of(organization).name == "Starter"
        sandbox.answer_bank("complete")
        done = switches.refresh(organization, waiting.id, OWNER)
        assert done.status is SwitchStatus.DONE
        assert (plan_of(organization).name, rates_now(organization)) == ("Growth", "growth")

    @pytest.mark.long
    def test_the_webhook_makes_it_too(self, app: Flask, sandbox: Sandbox) -> None:
        sell_plans()
        organization, _ = a_payer(ALWAYS_3DS)
        waiting = switch_to(organization, "growth")
        sandbox.answer_bank("complete")
        hear_from_stripe(app, sandbox)
        db.session.expire_all()
        assert waiting.status is SwitchStatus.DONE
        assert plan_of(organization).name == "Growth"

    @pytest.mark.long
    def test_given_up_the_plan_before_stays_and_another_can_be_chosen(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        sell_plans()
        organization, _ = a_payer(DECLINES)
        declined = switch_to(organization, "growth")
        with pytest.raises(OtherSwitchError):
            switches.begin(organization, "scale", "month", OWNER)
        ended = switches.cancel(organization, declined.id, OWNER)
        assert ended.status is SwitchStatus.CANCELED
        assert invoiced(sandbox) == [(9_900, "void")]
        assert switches.begin(organization, "scale", "month", OWNER).status is SwitchStatus.REVIEW

    def test_when_stripe_does_nothing_it_can_be_confirmed_again(
        self, payer: Organization, sandbox: Sandbox
    ) -> None:
        switch = switches.begin(payer, "growth", "month", OWNER)
        sandbox.fail(UPDATE, "429", times=3)
        with pytest.raises(NotStartedError):
            switches.confirm(payer, switch.id, OWNER)
        sandbox.clear_faults()
        assert switches.confirm(payer, switch.id, OWNER).status is SwitchStatus.DONE

    def test_a_plan_that_was_withdrawn_since_is_not_sold(self, payer: Organization, app: Flask) -> None:
        switch = switches.begin(payer, "growth", "month", OWNER)
        offered = catalog.current()
        app.extensions["catalog"] = replace(offered, plans={"starter": offered.plans["starter"]})
        try:
            with pytest.raises(PlanNotOfferedError, match="no longer offered"):
                switches.confirm(payer, switch.id, OWNER)
        finally:
            app.extensions["catalog"] = offered
        assert plan_of(payer).name == "Starter"

    @pytest.mark.long
    def test_the_webhook_comes_before_the_answer(
        self, payer: Organization, app: Flask, sandbox: Sandbox
    ) -> None:
        switch = switches.begin(payer, "growth", "month", OWNER)
        sandbox.fail(UPDATE, "drop_after", times=3)
        assert switches.confirm(payer, switch.id, OWNER).status is SwitchStatus.SWITCHING
        hear_from_stripe(app, sandbox)
        db.session.expire_all()
        assert (switch.status, plan_of(payer).name) == (SwitchStatus.DONE, "Growth")

    @pytest.mark.parametrize("kind", ["drop_after", "500_after", "drop_before"])
    def test_a_lost_answer_is_found_out_by_the_job(
        self, payer: Organization, app: Flask, sandbox: Sandbox, kind: str
    ) -> None:
        switch = switches.begin(payer, "growth", "month", OWNER)
        sandbox.fail(UPDATE, kind, times=3)
        assert switches.confirm(payer, switch.id, OWNER).status is SwitchStatus.SWITCHING
        sandbox.clear_faults()
        assert switches.recover(payer.id, switch.id)
        db.session.expire_all()
        assert (switch.status, len(sandbox.charges())) == (SwitchStatus.DONE, 1)
