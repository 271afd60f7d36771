"""Holds the careful way and the fast way: whatever happens before, the same answers, rows, messages and jobs."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.billing.plans import terms
from app.billing.usage import ingest
from app.billing.wallet import calling_state, ledger, verification, watches
from app.billing.wallet.credit import Credit
from app.clock import utc_now
from app.extensions import db
from app.models import Allowance, Organization, WatchKind
from tests.factories import an_organization, give_credit, usd
from tests.support.database import another_session, empty
from tests.support.envelopes import set_aside_now
from tests.support.examples import examples
from tests.support.limits import a_draft, a_limit, standings
from tests.support.metering import an_event
from tests.support.platform import Platform
from tests.support.twins import Twins, differing_answers

EXAMPLES = examples("BOTH_WAYS_EXAMPLES", 30, least=8)
"""BOTH_WAYS_EXAMPLES=1000 looks deeper, elsewhere each time."""

LEASES = (60, 600, 3600)
POOL = "call_minutes"
NEAR_A_TIER = 6_000_000 - 200
"""Seconds of calls that were charged in the period: the largest plan is cheaper from six million on."""

keys = st.sampled_from(["a", "b", "c/d"])
usage = st.lists(
    st.tuples(
        st.sampled_from(
            ["calls_outbound", "calls_outbound", "calls_inbound", "tokens_out", "tokens_in", "sms"]
        ),
        st.sampled_from([0, 1, 59, 60, 180, 600, 100_000]),
    ),
    min_size=1,
    max_size=3,
).map(lambda lines: [{"meter": meter, "quantity": quantity} for meter, quantity in lines])
names = st.sampled_from([None, None, "Recall", "Others"])

reserving = st.fixed_dictionaries(
    {"key": keys, "usage": usage, "lease_seconds": st.sampled_from(LEASES)},
    optional={
        "campaign": names,
        "agent": names,
        "call": st.just("call-1"),
        "to": st.sampled_from(["US", "CU", "+4930901820", "+15555550100"]),
    },
).map(lambda body: ("", body))
renewing = st.tuples(
    keys,
    st.fixed_dictionaries(
        {"slice": st.sampled_from([2, 2, 3, 4]), "usage": usage, "lease_seconds": st.sampled_from(LEASES)}
    ),
).map(lambda asked: (f"/{asked[0]}/renewals", asked[1]))
ending = st.tuples(keys, st.sampled_from(["capture", "release"])).map(
    lambda one: (f"/{one[0]}/{one[1]}", None)
)


def use(organization: Organization, *, meter: str, quantity: int, hold: str | None, number: int) -> None:
    now = utc_now()
    ingest.ingest(
        [an_event(organization, f"e{number}-{quantity}", quantity, meter=meter, when=now, hold=hold)], at=now
    )


def let_expire(organization: Organization, *, key: str) -> None:
    change = "UPDATE hold SET expires_at = now() - interval '1 minute' WHERE org_id = :of AND key = :key"
    db.session.execute(text(f"{change} AND state = 'active'"), {"of": organization.id, "key": key})


def change_plan(organization: Organization, *, plan: str) -> None:
    terms.start_plan(organization, plan, utc_now())


def move(organization: Organization, *, zone: str) -> None:
    ledger.change_zone(db.session.merge(organization), zone)


def watch(organization: Organization, *, under: str) -> None:
    wallet = ledger.lock(organization.id)
    recovers_at = usd(under) + usd("0.5")
    watches.arm(wallet, WatchKind.ALERT, under=usd(under), recovers_at=recovers_at, name="test", at=utc_now())


def keep(organization: Organization, *, reserve: str) -> None:
    wallet = ledger.lock(organization.id)
    wallet.reserve_micro = usd(reserve).micro


def give(organization: Organization, *, amount: str) -> None:
    give_credit(organization, amount, at=utc_now())


def limit(organization: Organization, *, amount: str) -> None:
    if not standings(organization):
        a_limit(organization, a_draft(amount))


def envelop(organization: Organization, *, amount: str) -> None:
    wallet = ledger.lock(organization.id)
    calling_state.reassess(wallet, utc_now())
    if wallet.envelope_ends_at is None and Credit.of(wallet).spendable(inbound=False) >= usd(amount).micro:
        set_aside_now(organization, amount)


def happening(
    do: Callable[..., None], **choices: list[Any]
) -> st.SearchStrategy[Callable[[Organization], None]]:
    values = {name: st.sampled_from(of) for name, of in choices.items()}
    return st.fixed_dictionaries(values).map(lambda chosen: partial(do, **chosen))


happenings = st.one_of(
    happening(
        use,
        meter=["calls_outbound", "tokens_out"],
        quantity=[1, 60, 3_000, 80_000],
        hold=[None, "a", "b"],
        number=list(range(6)),
    ),
    happening(let_expire, key=["a", "b", "c/d"]),
    happening(change_plan, plan=["starter", "growth", "scale"]),
    happening(move, zone=["UTC", "America/New_York", "Pacific/Auckland"]),
    happening(watch, under=["0.5", "2", "45"]),
    happening(keep, reserve=["0", "0.4", "20"]),
    happening(give, amount=["0.3", "40"]),
    happening(limit, amount=["1", "30"]),
    happening(envelop, amount=["1", "5"]),
)
requests = st.one_of(reserving, reserving, reserving, renewing, renewing, ending)
batches = st.lists(requests, min_size=2, max_size=6)
steps_in_batches = st.lists(st.one_of(batches, batches, happenings), min_size=3, max_size=8)
steps = st.lists(st.one_of(requests, requests, requests, happenings), min_size=4, max_size=14)
beginnings = st.fixed_dictionaries(
    {
        "credit": st.sampled_from(["0", "0.02", "0.9", "3", "50", "1000"]),
        "alert": st.sampled_from([None, None, "1", "40"]),
        "plan": st.sampled_from(["starter", "growth", "scale", "scale"]),
        "used": st.sampled_from([0, 2_940, 10**7]),
        "charged": st.sampled_from([0, NEAR_A_TIER]),
    }
)


def make(credit: str, alert: str | None, plan: str, used: int, charged: int) -> Organization:
    """An organization whose period has used so many seconds of calls of the allowance, and paid for so many."""
    organization = an_organization(credit=credit, alert=alert)
    now = utc_now()
    terms.start_plan(organization, plan, now - timedelta(days=40))
    found = terms.get_terms(organization)
    period, of = found.period_of(now.date()), found.plan_at(now)
    tiers = [0] * len(of.rates["calls_outbound"].tiers)
    lines = {f"{of.version}/{of.key}": [charged, *tiers[1:]]} if charged else {}
    for meter, values in {POOL: (used, 0, {}), "calls_outbound": (0, charged, lines)}.items():
        row = Allowance(org_id=organization.id, period_start=period, meter=meter)
        row.used, row.charged, row.lines = values
        db.session.add(row)
    db.session.commit()
    return organization


def exploring(*, most: int) -> settings:
    return settings(
        max_examples=most,
        deadline=None,
        derandomize="BOTH_WAYS_EXAMPLES" not in os.environ,
        suppress_health_check=list(HealthCheck),
        # One example takes so long that looking for a shorter one would take minutes.
        phases=[Phase.explicit, Phase.generate],
    )


def twins_of(app: Flask, beginning: dict[str, Any]) -> Twins:
    another_session()
    empty()
    return Twins(Platform(app), partial(make, **beginning))


def explore(
    app: Flask, cases: st.SearchStrategy[list[Any]], differing: Callable[[Twins, Any], list[Any]]
) -> None:
    """Let both do the same over and over; `differing` does a step both ways, and says what of the answers differs."""

    @exploring(most=EXAMPLES)
    @given(beginning=beginnings, steps=cases)
    def compare(beginning: dict[str, Any], steps: list[Any]) -> None:
        twins = twins_of(app, beginning)
        for step in steps:
            if callable(step):
                twins.happen(step)
            else:
                assert differing(twins, step) == [], step
            assert twins.differences() == [], step
        assert verification.check() == []

    compare()


def test_both_ways_do_the_same(app: Flask) -> None:
    explore(app, steps, lambda twins, step: differing_answers(*twins.post(*step)))


def test_a_batch_does_what_its_operations_would_do_by_themselves(app: Flask) -> None:
    explore(app, steps_in_batches, lambda twins, step: twins.send_in_one(step))
