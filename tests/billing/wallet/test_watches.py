"""Watches fire in the transaction that takes available credit below them: once, whatever it was that moved it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.billing.topups import clawbacks
from app.billing.wallet import calling_state, holds, ledger, watches
from app.billing.wallet.ledger import Entry
from app.billing.wallet.watches import Jobs
from app.clock import utc_now
from app.extensions import db
from app.models import AccountName, Organization, TransferKind, WatchKind
from config import ROOT
from tests.factories import an_organization, give_credit, usd
from tests.support.metering import an_event, take
from tests.support.statements import statements as counting

LEASE = timedelta(minutes=5)
DOLLAR = 83_334
"""Tokens, written: about a dollar on the free plan."""
KIND = WatchKind.AUTO_TOP_UP


def enqueued() -> list[tuple[str, dict[str, Any]]]:
    """Jobs of watches, as they were committed."""
    db.session.rollback()
    query = db.text(
        "SELECT task_name, args FROM procrastinate_jobs WHERE task_name IN ('fallen', 'top_up_automatically', "
        "'send_mail', 'nightly') ORDER BY id"
    )
    return [(name, args) for name, args in db.session.execute(query)]


def watched(credit: str = "30", under: str = "20", **options: Any) -> Organization:
    organization = an_organization(credit=credit)
    arm(organization, under, **options)
    return organization


def arm(organization: Organization, under: str, *, recovers_at: str | None = None, name: str = "") -> None:
    wallet = ledger.lock(organization.id)
    recovery = usd(recovers_at) if recovers_at else None
    watches.arm(wallet, KIND, under=usd(under), recovers_at=recovery, name=name, at=utc_now())
    db.session.commit()


def use(organization: Organization, id: str, dollars: int) -> None:
    take(an_event(organization, id, dollars * DOLLAR, when=utc_now()), now=utc_now())


def reserve(organization: Organization, key: str, dollars: str, lease: timedelta = LEASE) -> None:
    holds.reserve(organization.id, key, usd(dollars), at=utc_now(), lease=lease)
    db.session.commit()


def release(organization: Organization, key: str) -> None:
    holds.release(organization.id, key, at=utc_now())
    db.session.commit()


def renew(organization: Organization) -> None:
    """A call whose second slice goes below."""
    reserve(organization, "call", "5")
    assert enqueued() == []
    holds.renew(organization.id, "call", usd("10"), slice=2, at=utc_now(), lease=LEASE)
    db.session.commit()


def correct(organization: Organization) -> None:
    """A correction to more than was reported."""
    use(organization, "first", 1)
    assert enqueued() == []
    fixed = an_event(organization, "fixed", 15 * DOLLAR, when=utc_now(), corrects=("platform", "first"))
    take(fixed, now=utc_now())


def post(organization: Organization) -> None:
    """A movement like a refund's: posted by itself, then judged."""
    wallet = ledger.lock(organization.id)
    entry = Entry(
        kind=TransferKind.ADJUSTMENT,
        source="test",
        debit=AccountName.WALLET,
        credit=AccountName.ADJUSTMENTS,
        amount=usd("15"),
        at=utc_now(),
    )
    ledger.post(wallet, entry)
    calling_state.reassess(wallet, utc_now())
    db.session.commit()


@pytest.mark.parametrize(
    "move",
    [
        pytest.param(lambda organization: use(organization, "e1", 15), id="usage"),
        pytest.param(lambda organization: reserve(organization, "call", "15"), id="hold"),
        pytest.param(renew, id="renewal"),
        pytest.param(correct, id="correction"),
        pytest.param(post, id="adjustment"),
        pytest.param(lambda organization: arm(organization, "40"), id="higher threshold"),
    ],
)
def test_whatever_takes_credit_below_enqueues_it_in_its_own_transaction(
    app: Flask, move: Callable[[Organization], None]
) -> None:
    organization = watched()
    move(organization)
    assert enqueued() == [("top_up_automatically", {"org_id": str(organization.id)})]


def test_everything_that_posts_credit_looks_at_watches_afterward(app: Flask) -> None:
    """`ledger.post` moves credit and `calling_state.reassess` looks: no one calls the one without the other. Credit
    that expires is taken out by `reassess` itself, before it looks."""
    posting = [
        path
        for path in Path(ROOT / "app").rglob("*.py")
        if "ledger.post(" in path.read_text() and path.name not in {"ledger.py", "expiry.py"}
    ]
    looks = ("calling_state.reassess(", "calling_state.reassess_withdrawn(")
    assert posting and all(any(look in path.read_text() for look in looks) for path in posting)
    assert clawbacks.__file__ in map(str, posting)


def test_what_is_rolled_back_enqueues_nothing(app: Flask) -> None:
    organization = watched()
    holds.reserve(organization.id, "call", usd("15"), at=utc_now(), lease=LEASE)
    db.session.rollback()
    assert enqueued() == []
    reserve(organization, "call", "15")
    assert len(enqueued()) == 1


def test_it_fires_below_the_amount_not_at_it(app: Flask) -> None:
    organization = watched("30", "20")
    reserve(organization, "call", "10")
    assert enqueued() == []
    reserve(organization, "other", "0.01")
    assert len(enqueued()) == 1


def test_it_fires_once_until_it_is_armed_again(app: Flask) -> None:
    organization = watched()
    for number in range(3):
        reserve(organization, f"call-{number}", "15")
        release(organization, f"call-{number}")
    assert len(enqueued()) == 1
    watches.rearm(ledger.lock(organization.id), KIND, at=utc_now())
    db.session.commit()
    assert len(enqueued()) == 1
    reserve(organization, "another", "15")
    assert len(enqueued()) == 2


def test_armed_again_while_credit_is_below_it_fires_immediately(app: Flask) -> None:
    organization = watched()
    use(organization, "e1", 15)
    watches.rearm(ledger.lock(organization.id), KIND, at=utc_now())
    db.session.commit()
    assert len(enqueued()) == 2


def test_arming_what_is_armed_or_not_there_changes_nothing(app: Flask) -> None:
    organization = watched()
    wallet = ledger.lock(organization.id)
    watches.rearm(wallet, KIND, at=utc_now())
    watches.rearm(wallet, KIND, name="unknown", at=utc_now())
    db.session.commit()
    assert (enqueued(), wallet.watch_micro) == ([], usd("20").micro)


def test_with_a_recovery_it_is_armed_again_by_itself_and_says_so(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several of a kind, by their names; credit that flutters between falling and recovering tells nothing."""
    jobs = Jobs("send_mail", recovered="nightly", is_named=True)
    monkeypatch.setitem(watches.JOBS_OF, KIND, jobs)
    organization = watched(recovers_at="25", name="low")
    arm(organization, "10", recovers_at="12", name="empty")
    of = {"org_id": str(organization.id)}
    reserve(organization, "call-1", "12")
    reserve(organization, "call-2", "7")
    release(organization, "call-2")
    reserve(organization, "call-3", "9")
    assert enqueued() == [("send_mail", of | {"name": "low"}), ("send_mail", of | {"name": "empty"})]
    release(organization, "call-3")
    assert enqueued()[2:] == [("nightly", of | {"name": "empty"})]
    release(organization, "call-1")
    assert enqueued()[3:] == [("nightly", of | {"name": "low"})]
    use(organization, "e1", 25)
    assert [args["name"] for _, args in enqueued()[4:]] == ["empty", "low"]


def test_a_wallet_has_its_nearest_amounts(app: Flask) -> None:
    organization = watched("30", "20", recovers_at="25", name="low")
    arm(organization, "10", recovers_at="12", name="empty")

    def amounts() -> tuple[int | None, int | None]:
        wallet = ledger.lock(organization.id)
        return wallet.watch_micro, wallet.recovery_micro

    assert amounts() == (usd("20").micro, None)
    use(organization, "e1", 12)
    assert amounts() == (usd("10").micro, usd("25").micro)
    use(organization, "e2", 10)
    assert amounts() == (None, usd("12").micro)
    give_credit(organization, "50", at=utc_now())
    assert amounts() == (usd("20").micro, None)
    for name in ("low", "empty"):
        watches.disarm(ledger.lock(organization.id), KIND, name=name)
    db.session.commit()
    assert amounts() == (None, None)
    use(organization, "e3", 60)
    assert len(enqueued()) == 2


def test_a_hold_costs_no_statement_more_while_its_watch_is_not_crossed(app: Flask) -> None:
    plain, one = an_organization(credit="30"), watched("30", "20")

    def statements(organization: Organization) -> int:
        with counting() as found:
            reserve(organization, "call", "5")
        return len(found)

    assert statements(one) == statements(plain)


def test_another_organization_s_watches_stay_as_they_are(app: Flask) -> None:
    one, other = watched(), watched()
    use(one, "e1", 15)
    assert [args["org_id"] for _, args in enqueued()] == [str(one.id)]
    assert ledger.lock(other.id).watch_micro == usd("20").micro


def test_of_a_batch_each_organization_that_goes_below_enqueues_its_own(app: Flask) -> None:
    one, other, third = watched(), watched("100"), watched()
    events = [an_event(each, "e1", 15 * DOLLAR, when=utc_now()) for each in (one, other, third)]
    take(*events, now=utc_now())
    assert sorted(args["org_id"] for _, args in enqueued()) == sorted([str(one.id), str(third.id)])
    assert ledger.lock(one.id).watch_micro is None
