"""What support arranged in Stripe's dashboard: what pages may promise, and what can't be changed here then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from app.billing import catalog
from app.billing.plans import arrangements
from app.billing.plans.arrangements import ArrangedError
from app.billing.plans.refusals import Refusal
from app.models import Organization, Subscription
from app.payments.oddities import Odd, Oddity
from app.payments.statuses import StripeSubscriptionStatus
from app.payments.subscription_facts import Chosen, StripeSubscription
from app.payments.tax_settings import TaxSettings
from tests.factories import an_organization, at, usd
from tests.support import subscriptions
from tests.support.subscriptions import Period

AS_USUAL = StripeSubscription(
    id="sub_1",
    customer_id="cus_1",
    status=StripeSubscriptionStatus.ACTIVE,
    item_id="si_1",
    price_id="price_1",
    chosen=Chosen("growth", "month"),
    interval="month",
    is_free=False,
    price=usd("99"),
    anchor=at("2026-11-01 12:00"),
    period_start=at("2026-11-01 12:00"),
    period_end=at("2026-12-01 12:00"),
    ends_at=None,
    ends_with_period=False,
    ended_at=None,
    schedule_id=None,
    planned=None,
    waiting=None,
    waits_until=None,
    latest_invoice_id=None,
    open_invoice_id=None,
    own_card_id=None,
    customer_card_id=None,
    quantity=1,
    tax=TaxSettings(),
    has_discounts=False,
    currency="USD",
)


@pytest.fixture
def organization(app: Flask) -> Organization:
    return an_organization()


def a_row(organization: Organization, *odd: Oddity) -> Subscription:
    period = Period(date(2026, 11, 1), date(2026, 12, 1))
    row = subscriptions.subscribe(organization, "growth", period=period)
    row.odd = [kind.value for kind in odd]
    return row


class TestFindArrangements:
    def test_nothing_is_odd_about_a_plan_of_the_catalog_in_its_currency(
        self, organization: Organization
    ) -> None:
        assert arrangements.find_arrangements(organization, AS_USUAL) == ()

    def test_another_currency_or_an_unknown_plan_is_found_here(self, organization: Organization) -> None:
        found = replace(AS_USUAL, currency="EUR", chosen=Chosen("gold", "month"))
        odd = arrangements.find_arrangements(organization, found)
        assert [one.kind for one in odd] == [Oddity.CURRENCY, Oddity.PRICE]
        assert ("EUR" in odd[0].words, "gold" in odd[1].words) == (True, True)

    def test_what_stripe_s_own_facts_say_stays_and_each_kind_is_stored_once(
        self, organization: Organization
    ) -> None:
        trial, price = Odd(Oddity.TRIAL, "it is on a trial"), Odd(Oddity.PRICE, "its price is its own")
        found = replace(AS_USUAL, odd=(trial, price, trial), chosen=Chosen("gold", "month"))
        assert arrangements.find_arrangements(organization, found)[:3] == (trial, price, trial)
        assert arrangements.kinds_of(organization, found) == ["price", "trial"]

    def test_of_what_has_ended_nothing_is_odd_any_more(self, organization: Organization) -> None:
        ended = replace(AS_USUAL, status=StripeSubscriptionStatus.CANCELED, currency="EUR")
        assert arrangements.kinds_of(organization, ended) == []

    def test_a_plan_is_known_where_its_version_or_the_one_on_offer_has_it(self, app: Flask) -> None:
        version = catalog.current().version
        assert arrangements.is_known(Chosen("growth", "month", version))
        assert arrangements.is_known(Chosen("growth", "month"))
        assert not arrangements.is_known(Chosen("gold", "month", version))
        assert not arrangements.is_known(Chosen("growth", "month", "1999-01"))


class TestChanges:
    @pytest.mark.parametrize("kind", Oddity)
    def test_only_what_promises_nothing_untrue_is_changed_here(
        self, organization: Organization, kind: Oddity
    ) -> None:
        row = a_row(organization, kind)
        if kind in {Oddity.QUANTITY, Oddity.DROPS, Oddity.GIVEN_UP, Oddity.NOTHING_OPEN}:
            arrangements.check_changeable(row)
            return
        with pytest.raises(ArrangedError) as refused:
            arrangements.check_changeable(row)
        assert refused.value.refusal is Refusal.ARRANGED

    def test_no_subscription_or_a_usual_one_can_be_changed(self, organization: Organization) -> None:
        arrangements.check_changeable(None)
        arrangements.check_changeable(a_row(organization))


class TestPromises:
    @pytest.mark.parametrize("kind", Oddity)
    def test_a_card_is_charged_unless_it_stands_still_or_is_invoiced(
        self, organization: Organization, kind: Oddity
    ) -> None:
        charges_none = kind in {Oddity.PAUSED, Oddity.NOT_COLLECTED, Oddity.INVOICED}
        assert arrangements.is_charged_to_card(a_row(organization, kind)) is not charges_none

    @pytest.mark.parametrize(
        ("odd", "says"),
        [
            ([], None),
            ([Oddity.QUANTITY], None),
            ([Oddity.ITEMS], Oddity.PRICE),
            ([Oddity.CURRENCY], Oddity.PRICE),
            ([Oddity.SCHEDULE], Oddity.PRICE),
            ([Oddity.TRIAL, Oddity.INVOICED], Oddity.INVOICED),
            ([Oddity.INVOICED, Oddity.PRICE], Oddity.PRICE),
            ([Oddity.PRICE, Oddity.NOT_COLLECTED], Oddity.NOT_COLLECTED),
            ([Oddity.NOT_COLLECTED, Oddity.PAUSED], Oddity.PAUSED),
        ],
    )
    def test_of_several_arrangements_a_page_says_what_weighs_most(
        self, organization: Organization, odd: list[Oddity], says: Oddity | None
    ) -> None:
        assert arrangements.what_is_arranged(a_row(organization, *odd)) is says
