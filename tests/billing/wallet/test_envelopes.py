"""Credit that is set aside for a campaign is spent by its calls only, and comes back."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.billing.audit.meanwhile import ChangedMeanwhileError
from app.billing.wallet import envelope_queries, envelopes, ledger, verification
from app.billing.wallet.envelope_terms import (
    TooLargeError,
    TooSmallError,
    UnknownEnvelopeError,
)
from app.extensions import db
from tests.factories import OWNER, at, usd
from tests.support.envelopes import (
    DOLLAR,
    NOW,
    an_enveloped,
    credit_of,
    exact,
    hold,
)
from tests.support.metering import an_event, take


def test_it_is_raised_and_lowered_but_never_below_what_calls_hold_and_have_used(app: Flask) -> None:
    organization = an_enveloped("40")
    one = envelope_queries.list_open(organization.id, at=NOW)[0]
    hold(organization, "one", "10")
    take(an_event(organization, "e1", 5 * DOLLAR, when=NOW, campaign="Recall"), now=NOW)

    def change(amount: str, **options: Any) -> None:
        envelopes.change(organization, one.id, usd(amount), one.until, OWNER, at=NOW, **options)
        db.session.commit()

    with pytest.raises(TooSmallError) as refused:
        change("9.99")
    assert refused.value.least == usd("10") + exact("5.00004")
    change("15.01")
    assert credit_of(organization)[1:] == (exact("0.00996"), usd("84.99"))
    change("90")
    with pytest.raises(TooLargeError) as too_large:
        change("100.01")
    assert too_large.value.most == usd("100")
    with pytest.raises(ChangedMeanwhileError):
        change("20", seen="40000000 2026-01-01")


def test_ended_early_it_gives_back_what_is_left_and_can_not_be_ended_again(app: Flask) -> None:
    organization = an_enveloped("40")
    one = envelope_queries.list_open(organization.id, at=NOW)[0]
    hold(organization, "one", "10")
    envelopes.end(organization, one.id, OWNER, at=NOW)
    db.session.commit()
    assert credit_of(organization) == (usd("10"), usd("0"), usd("90"))
    with pytest.raises(UnknownEnvelopeError):
        envelopes.end(organization, one.id, OWNER, at=NOW)
    ended = envelope_queries.list_ended(organization.id, limit=5)[0]
    assert (ended.id, ended.returned_micro) == (one.id, 30_000_000)


def test_in_another_time_zone_it_ends_with_the_same_day(app: Flask) -> None:
    organization = an_enveloped("40")
    ledger.change_zone(organization, "Asia/Tokyo")
    envelopes.follow_zone(organization)
    db.session.commit()
    one = envelope_queries.list_open(organization.id, at=NOW)[0]
    assert (one.until.isoformat(), one.ends_at) == ("2026-11-27", at("2026-11-27 15:00"))
    assert verification.check() == []


def test_a_job_ends_it_at_its_time(app: Flask) -> None:
    organization = an_enveloped("40")
    one = envelope_queries.list_open(organization.id, at=NOW)[0]
    planned = db.session.execute(
        text(
            "SELECT scheduled_at, queue_name, args ->> 'org_id' FROM procrastinate_jobs WHERE task_name = 'end_envelopes'"
        )
    ).one()
    assert tuple(planned) == (one.ends_at, "leases", str(organization.id))
