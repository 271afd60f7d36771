"""Usage that names a hold takes from what it reserves, and from no other hold's nor organization's."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing.usage import quotes
from app.billing.wallet import holds
from app.extensions import db
from app.models import Hold, HoldAllowance, Organization, Wallet
from app.money import Money
from tests.factories import an_organization, usd
from tests.support.metering import NOW, an_event, on_growth, take

LEASE = timedelta(minutes=5)


class TestHeld:
    def test_usage_takes_from_the_hold_that_it_names(self, app: Flask) -> None:
        organization = on_growth("10")
        holds.reserve(organization.id, "call-1", usd("4"), at=NOW, lease=timedelta(minutes=5))
        db.session.commit()
        take(an_event(organization, quantity=200_000, hold="call-1"))
        wallet = db.session.get_one(Wallet, (organization.id,))
        hold = db.session.scalars(db.select(Hold)).one()
        assert (wallet.posted, wallet.held, wallet.available) == (usd("8.10"), usd("2.10"), usd("6"))
        assert (hold.amount_micro, hold.used_micro) == (2_100_000, 1_900_000)

    def test_more_than_was_held_is_charged_all_the_same(self, app: Flask) -> None:
        organization = on_growth("10")
        holds.reserve(organization.id, "call-1", usd("1"), at=NOW, lease=timedelta(minutes=5))
        db.session.commit()
        take(
            an_event(organization, quantity=200_000, hold="call-1"), an_event(organization, "x", hold="none")
        )
        wallet = db.session.get_one(Wallet, (organization.id,))
        assert (wallet.posted, wallet.held) == (usd("8.10") - Money(570, "USD"), usd("0"))

    def test_events_of_a_batch_draw_together_and_each_from_its_own(self, app: Flask) -> None:
        organization, other = on_growth("10"), on_growth("10")
        for one, key in ((organization, "call-1"), (organization, "call-2"), (other, "call-1")):
            reserve(one, key, "4")
        take(
            an_event(organization, "a", 100_000, hold="call-1"),
            an_event(organization, "b", 100_000, hold="call-1"),
            an_event(organization, "c", 100_000, hold="call-2"),
        )
        assert left_of(organization) == {"call-1": (2_100_000, 1_900_000), "call-2": (3_050_000, 950_000)}
        assert left_of(other) == {"call-1": (4_000_000, 0)}

    def test_a_hold_that_has_ended_takes_nothing(self, app: Flask) -> None:
        organization = on_growth("10")
        reserve(organization, "call-1", "4")
        holds.release(organization.id, "call-1", at=NOW)
        db.session.commit()
        take(an_event(organization, quantity=200_000, hold="call-1"))
        wallet = db.session.get_one(Wallet, (organization.id,))
        assert (wallet.posted, wallet.held) == (usd("8.10"), usd("0"))
        assert left_of(organization) == {"call-1": (4_000_000, 0)}

    def test_one_whose_lease_ends_at_this_very_moment_takes_nothing(self, app: Flask) -> None:
        organization = on_growth("10")
        reserve(organization, "call-1", "4")
        take(an_event(organization, quantity=200_000, hold="call-1"), now=NOW + LEASE)
        wallet = db.session.get_one(Wallet, (organization.id,))
        assert (wallet.posted, wallet.held) == (usd("8.10"), usd("0"))


class TestIncluded:
    """The free plan includes 3,000 seconds of calls."""

    def test_usage_takes_the_units_of_the_hold_that_it_names(self, app: Flask) -> None:
        organization = an_organization(credit="10")
        count_on(organization, "call-1", 600)
        count_on(organization, "call-2", 600)
        take(an_event(organization, "a", 100, meter="calls_outbound", hold="call-1"))
        assert counted_on(organization) == {"call-1": 500, "call-2": 600}
        take(an_event(organization, "b", 500, meter="calls_inbound", hold="call-1"))
        assert counted_on(organization) == {"call-2": 600}, "meters of one allowance draw on it alike"

    def test_usage_beyond_what_is_free_takes_from_the_newest_hold_which_gets_credit_instead(
        self, app: Flask
    ) -> None:
        organization = an_organization(credit="10")
        count_on(organization, "older", 600)
        count_on(organization, "newer", 600)
        take(an_event(organization, "a", 1_800, meter="calls_outbound"))
        assert counted_on(organization) == {"older": 600, "newer": 600}, "so much is left for both"
        take(an_event(organization, "b", 100, meter="calls_outbound"))
        assert counted_on(organization) == {"older": 600, "newer": 500}
        assert left_of(organization) == {"older": (0, 0), "newer": (75_000, 0)}, (
            "100 seconds at 0.045 a minute"
        )
        assert db.session.get_one(Wallet, (organization.id,)).held == Money(75_000, "USD")

    def test_it_gets_no_more_credit_than_there_is(self, app: Flask) -> None:
        organization = an_organization(credit="0.05")
        count_on(organization, "call-1", 600)
        take(an_event(organization, quantity=2_500, meter="calls_outbound"))
        assert counted_on(organization) == {"call-1": 500}
        assert left_of(organization) == {"call-1": (50_000, 0)}
        assert db.session.get_one(Wallet, (organization.id,)).available == usd("0")

    def test_usage_of_a_meter_without_an_allowance_touches_no_units(self, app: Flask) -> None:
        organization = an_organization(credit="10")
        count_on(organization, "call-1", 600)
        take(an_event(organization, quantity=1_000, hold="call-1"))
        assert counted_on(organization) == {"call-1": 600}


def reserve(organization: Organization, key: str, amount: str) -> None:
    holds.reserve(organization.id, key, usd(amount), at=NOW, lease=LEASE)
    db.session.commit()


def count_on(organization: Organization, key: str, seconds: int) -> None:
    """Reserve so many seconds of a call, which the plan includes."""
    quote = quotes.get_quote(organization.id, [("calls_outbound", seconds)], at=NOW)
    assert quote is not None
    holds.reserve(organization.id, key, quote, at=NOW, lease=LEASE)
    db.session.commit()


def left_of(organization: Organization) -> dict[str, tuple[int, int]]:
    """By hold: the micro-units that it still reserves, and those that it has used."""
    query = db.select(Hold.key, Hold.amount_micro, Hold.used_micro).where(Hold.org_id == organization.id)
    return {key: (left, used) for key, left, used in db.session.execute(query)}


def counted_on(organization: Organization) -> dict[str, int]:
    """By hold: the units of the allowance that it counts on."""
    query = (
        db.select(Hold.key, HoldAllowance.reserved)
        .join(HoldAllowance, (HoldAllowance.org_id == Hold.org_id) & (HoldAllowance.hold_id == Hold.id))
        .where(Hold.org_id == organization.id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}
