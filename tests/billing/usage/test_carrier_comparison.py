"""A carrier's calls beside ours: what differs is found, proposed, and corrected once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from flask import Flask

from app.billing.activity import call_costs
from app.billing.usage import carrier_comparison
from app.billing.usage.carrier_comparison import Comparison
from app.billing.usage.carrier_records import CarrierCall
from app.billing.wallet import verification
from app.extensions import db
from app.models import Organization
from tests.factories import an_organization, usd
from tests.support.metering import NOW, an_event, on_growth, take


def theirs(call: str, seconds: int, minutes: int = 0) -> CarrierCall:
    return CarrierCall(2, call, NOW - timedelta(minutes=minutes), seconds, Decimal("0.01"))


def reported(organization: Organization, call: str, *parts: int) -> None:
    """A call, in slices."""
    for number, seconds in enumerate(parts):
        when = NOW - timedelta(minutes=30 - number)
        take(
            an_event(organization, f"{call} {number}", seconds, meter="calls_outbound", call=call, when=when)
        )


def seconds(organization: Organization, call: str) -> int:
    story = call_costs.get_call_costs(organization, call)
    return sum(line.used.count for line in story.lines if line.part.value == "calling") if story else 0


def corrected(organization: Organization, *calls: CarrierCall, meter: str | None = None) -> tuple[int, int]:
    """How many proposals were recorded, and how many were before."""
    found = carrier_comparison.compare(organization, calls)
    receipt = carrier_comparison.apply(
        carrier_comparison.propose(organization, found, at=NOW, meter=meter), at=NOW
    )
    db.session.commit()
    assert receipt.refused == []
    assert verification.check() == []
    return receipt.accepted, receipt.duplicates


def test_what_is_missing_extra_and_different_is_found(app: Flask) -> None:
    organization = on_growth()
    for call, length in (("same", 60), ("near", 61), ("other", 60), ("ours", 60)):
        reported(organization, call, length)
    take(an_event(organization, "tokens", 9_000, call="same", when=NOW - timedelta(minutes=29)))
    reported(an_organization(credit="9"), "not theirs", 60)
    calls = [theirs("same", 60, 40), theirs("near", 60), theirs("other", 90), theirs("theirs", 5)]
    found = carrier_comparison.compare(organization, calls, tolerated=1)
    assert found.same == 2
    assert [one.call for one in found.missing] == ["theirs"]
    assert [one.call for one in found.extra] == ["ours"]
    assert [(one.seconds, own.seconds) for one, own in found.different] == [(90, 60)]
    assert found.their_cost == Decimal("0.04")
    assert found.our_cost > usd("0")
    assert carrier_comparison.compare(organization, []) == Comparison(0, (), (), (), (), Decimal(), usd("0"))


def test_differences_are_corrected_once_up_and_down(app: Flask) -> None:
    organization = on_growth()
    reported(organization, "longer", 60, 60)
    reported(organization, "shorter", 60, 60)
    calls = [theirs("longer", 150), theirs("shorter", 40)]
    found = carrier_comparison.compare(organization, calls)
    early = carrier_comparison.propose(organization, found, at=NOW)
    assert corrected(organization, *calls) == (3, 0)
    assert (seconds(organization, "longer"), seconds(organization, "shorter")) == (150, 40)
    assert corrected(organization, *calls) == (0, 0)
    # What was proposed from the same list before is not recorded again, whenever it is sent.
    receipt = carrier_comparison.apply(early, at=NOW + timedelta(hours=1))
    assert (receipt.accepted, receipt.duplicates) == (0, 3)
    assert seconds(organization, "shorter") == 40
    # A later list may say otherwise.
    assert corrected(organization, theirs("shorter", 70)) == (1, 0)
    assert seconds(organization, "shorter") == 70


def test_a_missing_call_is_charged_once_with_a_meter_and_an_extra_one_is_left_alone(app: Flask) -> None:
    organization = on_growth()
    reported(organization, "ours", 60)
    calls = [theirs("theirs", 30, 40), theirs("last", 0)]
    assert corrected(organization, *calls) == (0, 0)
    assert corrected(organization, *calls, meter="calls_outbound") == (2, 0)
    assert corrected(organization, *calls, meter="calls_outbound") == (0, 0)
    assert (seconds(organization, "theirs"), seconds(organization, "ours")) == (30, 60)
