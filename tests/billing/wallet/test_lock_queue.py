"""Waiting for a wallet: few of a process's threads do, each place is left, and a job is never turned away."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.billing.wallet import ledger, lock_queue
from app.billing.wallet.lock_queue import AT_THE_SAME_TIME, WalletBusyError
from app.extensions import db
from tests.factories import an_organization
from tests.support.database import inside


@pytest.fixture
def hurried(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Someone waits for the current work, though not for long."""
    monkeypatch.setattr(lock_queue, "GRACE", 0.02)
    token = lock_queue.impatient.set(True)
    yield
    lock_queue.impatient.reset(token)
    assert lock_queue._waiting == {}
    lock_queue._stuck.clear()


@pytest.fixture
def org_id() -> UUID:
    return uuid4()


def test_a_place_is_waited_for_a_moment_and_left_however_it_ends(hurried: None, org_id: UUID) -> None:
    with lock_queue.waiting_for({org_id}), lock_queue.waiting_for({org_id}):
        with pytest.raises(WalletBusyError), lock_queue.waiting_for({org_id, UUID(int=2)}):
            pytest.fail("There is no place.")
        with lock_queue.waiting_for({UUID(int=2)}):
            pass
    with pytest.raises(KeyError), lock_queue.waiting_for({org_id}):
        raise KeyError
    assert lock_queue._waiting == {}


def test_one_more_than_may_wait_is_told_that_the_wallet_is_busy_and_which(
    hurried: None, org_id: UUID
) -> None:
    assert AT_THE_SAME_TIME == 2
    one, other = lock_queue.waiting_for({org_id}), lock_queue.waiting_for({org_id})
    with one, other, pytest.raises(WalletBusyError, match=str(org_id)), lock_queue.waiting_for({org_id}):
        pytest.fail("There is no place.")
    with lock_queue.waiting_for({org_id}):
        pass


def test_for_a_stuck_wallet_only_one_tries_and_the_others_are_told_immediately(
    app: Flask, hurried: None, org_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_queue, "GRACE", 1e6)
    lock_queue.mark_stuck([org_id])
    with ThreadPoolExecutor(1) as another, lock_queue.waiting_for({org_id}), pytest.raises(WalletBusyError):
        another.submit(_wait_for, app, org_id).result(timeout=20)


def _wait_for(app: Flask, org_id: UUID) -> None:
    lock_queue.impatient.set(True)
    with inside(app), lock_queue.waiting_for({org_id}):
        pass


def test_a_stuck_wallet_says_nothing_of_another(hurried: None, org_id: UUID) -> None:
    lock_queue.mark_stuck([org_id])
    other = uuid4()
    with lock_queue.waiting_for({other}), lock_queue.waiting_for({other}):
        pass


def test_anyone_who_gets_the_lock_frees_a_stuck_wallet_for_all(hurried: None, org_id: UUID) -> None:
    lock_queue.mark_stuck([org_id])
    with lock_queue.waiting_for({org_id}):
        pass
    with lock_queue.waiting_for({org_id}), lock_queue.waiting_for({org_id}):
        pass


def test_a_wallet_whose_patience_ended_is_stuck_and_a_quick_failure_is_not(
    hurried: None, org_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_queue, "GRACE", 1e6)
    with pytest.raises(KeyError), lock_queue.waiting_for({org_id}):
        raise KeyError
    assert org_id not in lock_queue._stuck
    monkeypatch.setattr(lock_queue, "GRACE", -1.0)
    with pytest.raises(KeyError), lock_queue.waiting_for({org_id}):
        raise KeyError
    assert org_id in lock_queue._stuck


def test_a_batch_that_fails_blames_none_of_its_wallets(
    hurried: None, org_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_queue, "GRACE", -1.0)
    with pytest.raises(KeyError), lock_queue.waiting_for({org_id, uuid4()}):
        raise KeyError
    assert lock_queue._stuck == {}


def test_being_stuck_is_forgotten_after_a_while(
    hurried: None, org_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_queue, "STUCK_SECONDS", -1)
    lock_queue.mark_stuck([org_id])
    with lock_queue.waiting_for({org_id}):
        lock_queue.mark_stuck([org_id])
        with lock_queue.waiting_for({org_id}):
            assert lock_queue._stuck == {}


def test_jobs_are_never_turned_away(app: Flask, org_id: UUID) -> None:
    lock_queue.mark_stuck([org_id])
    with lock_queue.waiting_for({org_id}), lock_queue.waiting_for({org_id}), lock_queue.waiting_for({org_id}):
        assert lock_queue._waiting == {}
    lock_queue._stuck.clear()


def test_a_transaction_remembers_that_it_locked_a_wallet_until_it_ends(app: Flask) -> None:
    organization = an_organization()
    assert not lock_queue.is_any_held()
    ledger.lock(organization.id)
    assert lock_queue.is_any_held()
    db.session.rollback()
    assert not lock_queue.is_any_held()


def test_wallets_that_were_stuck_long_ago_are_forgotten(
    hurried: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those that no one ever tries again: they don't pile up in a process."""
    monkeypatch.setattr(lock_queue, "STUCK_SECONDS", -1)
    for _ in range(3):
        lock_queue.mark_stuck([uuid4(), uuid4()])
    assert len(lock_queue._stuck) == 2
