"""What calls take from an envelope, what comes back, and when it is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask

from app.billing.limits import Call
from app.billing.platform import endpoints
from app.billing.wallet import envelope_queries, holds, status
from app.billing.wallet.calling_state import PauseReason
from app.billing.wallet.hold_refusals import CallingPausedError
from app.extensions import db
from app.models import CallingState
from tests.factories import an_organization, at, usd
from tests.support.envelopes import (
    DOLLAR,
    LEASE,
    NOW,
    WITHOUT_ENVELOPES,
    an_enveloped,
    credit_of,
    exact,
    hold,
    told,
)
from tests.support.metering import an_event, take
from tests.support.statements import statements


def test_what_a_call_did_not_use_goes_back_where_it_came_from(app: Flask) -> None:
    organization = an_enveloped("40")
    hold(organization, "one", "50")
    take(an_event(organization, "e1", 30 * DOLLAR, when=NOW, campaign="Recall", hold="one"), now=NOW)
    _, aside, available = credit_of(organization)
    assert (aside, available) == (usd("0"), usd("50"))
    holds.capture(organization.id, "one", at=NOW)
    db.session.commit()
    held, aside, available = credit_of(organization)
    assert held == usd("0")
    assert aside == usd("40") - exact("30.00024"), "usage is drawn from the envelope first"
    assert available == usd("60")


def test_a_lease_that_is_over_gives_back_to_the_envelope(app: Flask) -> None:
    organization = an_enveloped("40")
    hold(organization, "one", "50")
    holds.expire(organization.id, at=NOW + LEASE)
    db.session.commit()
    assert credit_of(organization) == (usd("0"), usd("40"), usd("60"))
    hold(organization, "two", "50")
    take(an_event(organization, "e1", DOLLAR, when=NOW), now=NOW + LEASE)
    assert credit_of(organization)[:2] == (usd("0"), usd("40")), "a batch of usage ends them, too"


def test_a_campaign_with_credit_set_aside_calls_while_others_are_paused(app: Flask) -> None:
    organization = an_enveloped("40", credit="40")
    found = status.find(organization.id, at=NOW)
    assert found is not None
    assert (found.state, found.may_call, found.reason) == (CallingState.PAUSED, False, PauseReason.SET_ASIDE)
    own = status.find(organization.id, Call(campaign="Recall"), at=NOW)
    assert own is not None
    assert (own.state, own.may_call, own.may_call_out) == (CallingState.PAUSED, True, True)
    with pytest.raises(CallingPausedError) as refused:
        hold(organization, "other", "1", campaign="Spring")
    assert refused.value.reason is PauseReason.SET_ASIDE
    hold(organization, "own", "40")
    with pytest.raises(CallingPausedError):
        hold(organization, "more", "1")


def test_it_ends_with_its_last_day_in_the_organizations_zone(app: Flask) -> None:
    organization = an_enveloped("40", credit="40")
    envelope = envelope_queries.list_open(organization.id, at=NOW)[0]
    assert (envelope.until.isoformat(), envelope.ends_at) == ("2026-11-27", at("2026-11-28 05:00"))
    hold(organization, "late", "30")
    holds.renew(organization.id, "late", usd("1"), slice=2, at=NOW, lease=envelope.ends_at - NOW + LEASE)
    db.session.commit()
    before = envelope.ends_at - timedelta(microseconds=1)
    assert status.find(organization.id, Call(campaign="Recall"), at=before).may_call  # type: ignore[union-attr]
    found = status.find(organization.id, Call(campaign="Recall"), at=envelope.ends_at)
    assert found is not None
    assert (found.envelope, found.available, found.may_call) == (None, usd("9"), True)
    db.session.commit()
    assert credit_of(organization) == (usd("31"), usd("0"), usd("9"))
    holds.release(organization.id, "late", at=envelope.ends_at)
    db.session.commit()
    assert credit_of(organization) == (usd("0"), usd("0"), usd("40")), "what a call held of it follows"


def test_the_next_request_sees_its_end(app: Flask) -> None:
    """Like an expired lease: no one has to have recorded it."""
    later = NOW + timedelta(days=30)
    first = an_enveloped("40", credit="40")
    hold_at_the_end = holds.reserve(first.id, "any", usd("40"), at=later, lease=LEASE)
    assert hold_at_the_end.set_aside_micro == 0
    second = an_enveloped("40", credit="40")
    take(an_event(second, "e1", DOLLAR, when=later, campaign="Recall"), now=later)
    assert credit_of(second)[1:] == (usd("0"), usd("40") - exact("1.000008"))
    third = an_enveloped("40", credit="40")
    assert third.id in holds.find_expired(later)
    assert envelope_queries.list_open(third.id, at=later) == []


@pytest.mark.long
def test_the_platform_is_told_when_an_envelope_has_credit_when_it_has_none_and_when_it_ends(
    app: Flask,
) -> None:
    endpoints.add("http://127.0.0.1:9/missing")
    organization = an_enveloped("40", credit="40")
    hold(organization, "one", "40")
    holds.release(organization.id, "one", at=NOW)
    db.session.commit()
    one = envelope_queries.list_open(organization.id, at=NOW)[0]
    holds.expire(organization.id, at=one.ends_at)
    db.session.commit()
    types = [type_ for type_, _ in told(organization)][1:]
    assert types == [
        "envelope.funded",
        "calling.paused",
        "envelope.empty",
        "envelope.funded",
        "envelope.ended",
        "calling.resumed",
    ]
    data = dict(told(organization))
    assert data["calling.paused"]["reason"] == "set_aside"
    assert data["envelope.funded"] == {
        "organization": str(organization.id),
        "campaign": "Recall",
        "envelope": str(one.id),
        "left": {"amount": "40.000000", "currency": "USD"},
        "until": "2026-11-27",
    }
    assert data["envelope.ended"]["returned"] == {"amount": "40.000000", "currency": "USD"}


def test_a_hold_takes_no_statement_more_where_no_envelope_is_open(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where other organizations have some. Statements over arrays go by the driver, past SQLAlchemy."""
    an_enveloped()
    by_driver: list[str] = []
    execute = psycopg.Connection.execute

    def noted(self: psycopg.Connection[Any], query: Any, *rest: Any, **options: Any) -> Any:
        by_driver.append(str(query))
        return execute(self, query, *rest, **options)

    monkeypatch.setattr(psycopg.Connection, "execute", noted)
    counts = []
    for organization in (an_organization(credit="100"), an_enveloped()):
        hold(organization, "warm", "1")
        by_driver.clear()
        with statements() as seen:
            hold(organization, "one", "1")
            holds.capture(organization.id, "one", at=NOW)
            db.session.commit()
        counts.append((len(seen), len([one for one in by_driver if "envelope" in one and "hold" not in one])))
    assert counts == [(WITHOUT_ENVELOPES, 0), (WITHOUT_ENVELOPES + 1, 3)]
