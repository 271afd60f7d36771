"""What happens while a hold waits for the wallet's lock counts, and what was found before is not mixed with it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from psycopg.errors import LockNotAvailable

from app.billing.fast_holds import Done, Outcome, Reserve, known_terms
from app.billing.plans import terms
from app.billing.usage import ingest
from app.billing.wallet import ledger
from app.clock import utc_now
from app.database import fast
from app.extensions import db
from app.models import Allowance, HoldAllowance
from tests.factories import an_organization, usd
from tests.support.database import inside
from tests.support.fast_holding import LEASE, TOKENS, Anyone, carry_out, reserve, wallet_of
from tests.support.locking import until_someone_waits, wallet_locked
from tests.support.metering import an_event


def test_a_locked_wallet_leaves_nothing_done(app: Flask) -> None:
    organization, other = an_organization(credit="100"), an_organization(credit="100")
    reserve(organization, "a")
    with wallet_locked(organization.id), pytest.raises(LockNotAvailable):
        carry_out(
            Reserve(other.id, "b", TOKENS, LEASE),
            Reserve(organization.id, "b", TOKENS, LEASE),
        )
    assert [wallet_of(one).held for one in (organization, other)] == [usd("1.20"), usd("0")]


def test_what_was_committed_while_it_waited_for_the_lock_counts(app: Flask) -> None:
    """Otherwise what an allowance has left would be given out from before the usage that took it."""
    organization = an_organization(credit="100")
    org_id, now = organization.id, utc_now()
    reserve(organization, "a")
    db.session.commit()
    ledger.lock(org_id)
    with ThreadPoolExecutor(1) as thread:

        def ask() -> Outcome:
            with inside(app):
                return reserve(org_id, "b", (("calls_outbound", 3_000),))

        asked = thread.submit(ask)
        until_someone_waits()
        ingest.ingest([an_event(org_id, "e", 3_000, meter="calls_outbound", when=now)], at=now)
        db.session.commit()
        outcome = asked.result()
    assert isinstance(outcome, Done)
    assert outcome.hold.amount_micro > 0, "nothing is included any more"
    assert db.session.scalar(db.select(db.func.count()).select_from(HoldAllowance)) == 0


def while_one_waits(app: Flask, org_id: UUID, wanted: Any, do: Callable[[], None]) -> Outcome:
    """What comes of a hold if something happens while it waits for the wallet's lock."""

    def ask() -> Outcome:
        with inside(app):
            return reserve(org_id, "waiting", wanted)

    with ThreadPoolExecutor(1) as thread:
        with wallet_locked(org_id):
            asked = thread.submit(ask)
            until_someone_waits()
            do()
        return asked.result()


def test_terms_that_another_thread_forgets_meanwhile_are_used_on(app: Flask) -> None:
    organization = an_organization(credit="100")
    reserve(organization, "a")
    outcome = while_one_waits(app, organization.id, TOKENS, lambda: known_terms.forget(organization.id))
    assert isinstance(outcome, Done)


def test_terms_that_another_thread_reads_again_meanwhile_are_not_mixed_with_the_old_ones(app: Flask) -> None:
    """The counts of the old plan's month were read: by the new one, all that it includes would seem unused."""
    organization = an_organization(credit="1000")
    org_id, usage = organization.id, (("calls_outbound", 600),)
    reserve(organization, "a", TOKENS)
    # Months from now on, of which all that is included is used.
    terms.start_plan(organization, "growth", utc_now(), anchor=utc_now())
    period = terms.get_terms(organization).period_of(utc_now().date())
    for meter, used in {"call_minutes": 10**7, "calls_outbound": 0}.items():
        row = Allowance(org_id=org_id, period_start=period, meter=meter)
        row.used, row.charged, row.lines = used, 0, {}
        db.session.add(row)
    db.session.commit()

    def read_again() -> None:
        known_terms.forget(org_id)
        fast.connections.get().run(lambda one: known_terms.find(one, [org_id], Anyone.token_id))

    assert while_one_waits(app, org_id, usage, read_again) is None
    outcome = reserve(org_id, "b", usage)
    assert isinstance(outcome, Done)
    assert outcome.hold.amount_micro > 0
    assert db.session.scalar(db.select(db.func.count()).select_from(HoldAllowance)) == 0
