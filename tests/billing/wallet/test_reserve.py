"""What must not stop keeps a floor of credit that campaigns can't touch."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.billing.platform import endpoints
from app.billing.usage import quotes
from app.billing.wallet import envelopes, holds, ledger, reserve, status
from app.billing.wallet.envelope_terms import TooLargeError
from app.billing.wallet.hold_refusals import CallingPausedError, ReserveKeptError
from app.billing.wallet.reserve import Reserve, StopsOutboundError
from app.extensions import db
from app.models import AuditEvent, Hold, Organization, PlatformMessage
from app.money import Money
from tests.factories import OWNER, an_organization, give_credit, usd
from tests.support.metering import NOW, an_event, take

LEASE = timedelta(minutes=5)
TOKENS = 83_333
"""Tokens, written: about a dollar on the free plan, and never more."""


def a_reserving(floor: str = "20", *, credit: str = "50") -> Organization:
    organization = an_organization(credit=credit)
    keep(organization, floor)
    return organization


def keep(organization: Organization, floor: str, *, is_confirmed: bool = True) -> None:
    reserve.choose(organization, Reserve(usd(floor), None), OWNER, is_confirmed=is_confirmed, at=NOW)
    db.session.commit()


def hold(
    organization: Organization, key: str, dollars: int, *meters: str, campaign: str | None = None
) -> Hold:
    """A hold of tokens worth so many dollars, and a second of each of the meters."""
    wanted = [("tokens_out", dollars * TOKENS), *((meter, 1) for meter in meters)]
    quote = quotes.get_quote(organization.id, wanted, at=NOW)
    assert quote is not None
    try:
        return holds.reserve(
            organization.id,
            key,
            quote,
            at=NOW,
            lease=LEASE,
            call=key,
            campaign=campaign,
        )
    finally:
        db.session.commit()


def told(organization: Organization) -> list[tuple[str, dict[str, Any]]]:
    query = db.select(PlatformMessage).where(PlatformMessage.org_id == organization.id)
    return [(one.type, one.data) for one in db.session.scalars(query.order_by(PlatformMessage.position))]


def available(organization: Organization) -> Money:
    found = ledger.lock(organization.id).available
    db.session.commit()
    return found


@pytest.mark.parametrize(
    "meters",
    [("calls_outbound",), ("calls_outbound_international",), ("calls_inbound", "calls_outbound"), ()],
)
@pytest.mark.parametrize("campaign", ["Recall", None])
def test_only_inbound_calls_go_below_it(app: Flask, meters: tuple[str, ...], campaign: str | None) -> None:
    organization = a_reserving("20", credit="50")
    with pytest.raises(ReserveKeptError) as refused:
        hold(organization, "out", 31, *meters, campaign=campaign)
    assert (refused.value.available, refused.value.reserve) == (usd("30"), usd("20"))
    hold(organization, "in", 31, "calls_inbound", campaign=campaign)
    with pytest.raises(ReserveKeptError):
        hold(organization, "small", 0, *meters, campaign=campaign)
    hold(organization, "in2", 18, "calls_inbound", campaign=campaign)


def test_a_renewal_ends_at_the_floor(app: Flask) -> None:
    organization = a_reserving("20", credit="50")
    hold(organization, "out", 25, "calls_outbound")
    hold(organization, "in", 1, "calls_inbound")
    quote = quotes.get_quote(organization.id, [("tokens_out", 10 * TOKENS)], at=NOW)
    assert quote is not None
    renewed = holds.renew(organization.id, "out", quote, slice=2, at=NOW, lease=LEASE).hold
    db.session.commit()
    assert renewed.is_final
    assert available(organization) == usd("20")


def test_a_campaign_with_an_envelope_calls_below_it(app: Flask) -> None:
    organization = a_reserving("20", credit="50")
    until = organization.local_day(NOW)
    with pytest.raises(TooLargeError) as refused:
        envelopes.set_aside(organization, "Recall", usd("31"), until, OWNER, at=NOW)
    assert refused.value.most == usd("30")
    envelopes.set_aside(organization, "Recall", usd("30"), until, OWNER, at=NOW)
    db.session.commit()
    with pytest.raises(ReserveKeptError):
        hold(organization, "other", 1, "calls_outbound", campaign="Spring")
    hold(organization, "own", 20, "calls_outbound", campaign="Recall")
    assert available(organization) == usd("20")
    with pytest.raises(ReserveKeptError) as kept:
        hold(organization, "more", 20, "calls_outbound", campaign="Recall")
    assert kept.value.available < usd("11")


def test_without_credit_nothing_starts(app: Flask) -> None:
    organization = a_reserving("20", credit="10")
    take(an_event(organization, "e1", 11 * TOKENS), now=NOW)
    with pytest.raises(CallingPausedError):
        hold(organization, "in", 1, "calls_inbound")


def test_what_was_used_is_charged_below_it(app: Flask) -> None:
    organization = a_reserving("20", credit="25")
    take(an_event(organization, "e1", 12 * TOKENS, campaign="Recall"), now=NOW)
    assert available(organization) < usd("14")


def test_the_status_and_the_platform_say_that_outbound_calls_are_paused(app: Flask) -> None:
    endpoints.add("http://127.0.0.1:9/missing")
    organization = a_reserving("20", credit="25")
    take(an_event(organization, "e1", 6 * TOKENS), now=NOW)
    found = status.find(organization.id)
    assert found is not None
    assert (found.may_call, found.may_call_out) == (True, False)
    give_credit(organization, "10", at=NOW)
    again = status.find(organization.id)
    assert again is not None
    assert (again.may_call, again.may_call_out) == (True, True)
    messages = told(organization)[1:]
    assert [type_ for type_, _ in messages] == ["outbound.paused", "outbound.resumed"]
    assert messages[0][1]["reserve"] == {"amount": "20.000000", "currency": "USD"}


def test_a_reserve_that_would_stop_outbound_calls_asks_first(app: Flask) -> None:
    organization = an_organization(credit="50")
    with pytest.raises(StopsOutboundError) as asked:
        keep(organization, "50", is_confirmed=False)
    assert asked.value.available == usd("50")
    db.session.rollback()
    keep(organization, "49.99", is_confirmed=False)
    keep(organization, "60")
    keep(organization, "70", is_confirmed=False)
    keep(organization, "0", is_confirmed=False)
    changes = db.session.scalars(
        db.select(AuditEvent)
        .filter_by(action="reserve.changed", org_id=organization.id)
        .order_by(AuditEvent.id)
    )
    assert [(one.details["before"], one.details["after"]) for one in changes] == [
        ("0.00", "49.99"),
        ("49.99", "60.00"),
        ("60.00", "70.00"),
        ("70.00", "0.00"),
    ]
