"""What is on the calendar: each kind of entry, with its day, card and amount, and what is on it is charged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from app.billing import catalog, coming_up
from app.billing.coming_up import ComingEntry, Kind
from app.billing.plans import resource_counts
from app.billing.wallet import balance
from app.clock import utc_now
from app.extensions import db
from app.models import AutoTopUp, LotKind, Organization, TransferKind
from app.payments.oddities import Oddity
from tests.factories import an_organization, usd
from tests.support import moving
from tests.support.granting import granted
from tests.support.plans import a_debtor, a_subscriber, hear_from_stripe, plan_of, switch_to, turn_period
from tests.support.sandbox import Sandbox
from tests.support.spending import forecast_of


def entries(organization: Organization, **changes: object) -> list[ComingEntry]:
    plan = replace(plan_of(organization), **changes)  # type: ignore[arg-type]
    return coming_up.list_entries(organization, plan, balance.gather(organization))


def charged(sandbox: Sandbox, organization: Organization) -> tuple[int, str]:
    """The newest invoice's amount in cents, and its status."""
    found = sandbox.stripe.v1.invoices.list({"customer": organization.stripe_customer_id or ""}).data[0]
    return found.amount_due, found.status or ""


def test_without_a_plan_and_numbers_nothing_comes(app: Flask) -> None:
    assert entries(an_organization(credit="10")) == []


def test_numbers_are_rented_each_day_at_the_rate_of_the_plan(app: Flask) -> None:
    organization = an_organization()
    resource_counts.set_counts(organization.id, {"phone_numbers": 3})
    db.session.commit()
    assert entries(organization) == [ComingEntry(Kind.RENT, None, usd("0.24"), count=3)]


@pytest.mark.long
def test_a_renewal_names_the_card_the_day_and_what_is_charged(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("growth")
    hear_from_stripe(app, sandbox)
    plan = plan_of(organization)
    (entry,) = entries(organization)
    assert entry == ComingEntry(
        Kind.RENEWAL, plan.renews_on, usd("99"), "Growth", "month", card=plan.default_card
    )
    turn_period(app, sandbox, organization, days=1)
    assert charged(sandbox, organization) == (9900, "paid")


@pytest.mark.long
def test_a_change_for_the_end_of_the_period_is_what_is_charged_then(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("scale")
    switch_to(organization, "growth")
    hear_from_stripe(app, sandbox)
    (entry,) = entries(organization)
    assert (entry.kind, entry.plan, entry.amount) == (Kind.CHANGE, "Growth", usd("99"))
    assert entry.day == plan_of(organization).renews_on
    turn_period(app, sandbox, organization, days=1)
    assert charged(sandbox, organization) == (9900, "paid")
    assert plan_of(organization).name == "Growth"


@pytest.mark.long
def test_the_end_of_a_plan_costs_nothing(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("growth")
    switch_to(organization, "starter")
    hear_from_stripe(app, sandbox)
    (entry,) = entries(organization)
    assert (entry.kind, entry.plan, entry.amount, entry.card) == (Kind.CHANGE, "Starter", usd("0"), None)


@pytest.mark.long
def test_a_renewal_that_wasnt_paid_says_until_when(app: Flask, sandbox: Sandbox) -> None:
    organization = a_debtor(app, sandbox)
    (entry,) = entries(organization)
    assert (entry.kind, entry.amount) == (Kind.UNPAID, None)
    assert entry.day == plan_of(organization).grace_ends_on
    (late,) = entries(organization, in_force=catalog.current().plan("starter"))
    assert (entry.is_over, late.is_over) == (False, True), "the free plan is in force once that day is over"


@pytest.mark.long
@pytest.mark.parametrize(
    ("arranged", "expected"),
    [
        (Oddity.PAUSED, []),
        (Oddity.NOT_COLLECTED, []),
        (Oddity.PRICE, [(Kind.RENEWAL, None, True)]),
        (Oddity.INVOICED, [(Kind.RENEWAL, usd("99"), False)]),
    ],
)
def test_what_support_arranged_is_never_promised_otherwise(
    app: Flask, sandbox: Sandbox, arranged: Oddity, expected: list[object]
) -> None:
    organization = a_subscriber("growth")
    hear_from_stripe(app, sandbox)
    found = entries(organization, arranged=arranged)
    assert [(one.kind, one.amount, one.card is not None) for one in found] == expected


def test_credit_that_runs_out_is_expected_by_the_forecast(app: Flask) -> None:
    organization = an_organization(credit="48")
    forecast_of(organization)
    (entry,) = entries(organization)
    assert (entry.kind, entry.amount, entry.is_estimate) == (Kind.RUNS_OUT, None, True)
    assert entry.day == organization.local_day(utc_now() + timedelta(hours=48))


def test_credit_that_ran_out_is_not_expected_to(app: Flask) -> None:
    organization = an_organization(credit="48")
    forecast_of(organization)
    moving.post(organization, TransferKind.REFUND, usd("48"), utc_now(), out=True)
    assert entries(organization) == []


def test_an_automatic_top_up_is_expected_when_credit_falls_to_its_threshold(app: Flask) -> None:
    organization = an_organization(credit="48")
    forecast_of(organization)
    settings = AutoTopUp(
        is_on=True, threshold_micro=usd("24").micro, target_micro=usd("100").micro, cap_micro=usd("900").micro
    )
    now = replace(balance.gather(organization), auto_top_up=settings)
    (entry,) = coming_up.list_entries(organization, plan_of(organization), now)
    assert (entry.kind, entry.amount, entry.is_estimate) == (Kind.TOP_UP, usd("76"), True)
    assert entry.day == organization.local_day(utc_now() + timedelta(hours=24))
    off = replace(now, auto_top_up=AutoTopUp(is_on=False, threshold_micro=0, target_micro=0, cap_micro=0))
    (entry,) = coming_up.list_entries(organization, plan_of(organization), off)
    assert entry.kind is Kind.RUNS_OUT


@pytest.mark.long
def test_entries_are_in_the_order_of_their_days_and_what_comes_every_day_is_last(
    app: Flask, sandbox: Sandbox
) -> None:
    organization = a_subscriber("growth")
    hear_from_stripe(app, sandbox)
    resource_counts.set_counts(organization.id, {"phone_numbers": 1})
    db.session.commit()
    found = entries(organization)
    assert [one.kind for one in found] == [Kind.RENEWAL, Kind.RENT]
    assert isinstance(found[0].day, date)


def test_credit_that_expires_is_on_its_last_day_and_lots_of_one_day_are_one_entry(app: Flask) -> None:
    organization = an_organization(credit="10", timezone="Pacific/Auckland")
    granted(organization, "5", days=20, key="one")
    granted(organization, "7", days=20, key="two")
    granted(organization, "2", days=20, kind=LotKind.GOODWILL, key="three")
    granted(organization, "4", days=3, key="four")
    granted(organization, "1", days=None, kind=LotKind.GOODWILL, key="always")
    found = [(entry.day, entry.credit, entry.amount) for entry in entries(organization)]
    today = organization.local_day()
    later = today + timedelta(days=20)
    assert found == [
        (today + timedelta(days=3), "Promotional credit", usd("4")),
        (later, "Promotional credit", usd("12")),
        (later, "Goodwill credit", usd("2")),
    ]
    assert {entry.kind for entry in entries(organization)} == {Kind.EXPIRES}
