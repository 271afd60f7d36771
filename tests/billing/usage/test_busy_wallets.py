"""A batch beside a wallet that is held: the events of all others go on, and those that name no one too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask

from app.billing.usage import busy_wallets
from app.billing.usage.events import Sender
from app.billing.wallet import lock_queue
from app.extensions import db
from app.models import Organization
from tests.factories import an_organization
from tests.support.locking import wallet_locked
from tests.support.metering import a_cloudevent

PLATFORM = Sender(None, None)


@pytest.fixture(autouse=True)
def nothing_stuck(app: Flask) -> Iterator[None]:
    lock_queue._stuck.clear()
    yield
    lock_queue._stuck.clear()


def raw(organization: Organization, id: str = "e1") -> bytes:
    return json.dumps(a_cloudevent(organization, id)).encode()


def test_only_the_events_of_a_held_wallet_are_left_out_and_places_stay(app: Flask) -> None:
    held, free = an_organization(), an_organization()
    batch = {0: raw(held), 3: raw(free), 7: raw(held, "e2"), 9: raw(free, "e2")}
    with wallet_locked(held.id):
        assert busy_wallets.split(batch, PLATFORM) == ({3: batch[3], 9: batch[9]}, {held.id})
    assert set(lock_queue._stuck) == {held.id}, "others who want it are told immediately"


def test_where_no_wallet_is_held_all_go_on(app: Flask) -> None:
    batch = {0: raw(an_organization()), 1: raw(an_organization())}
    assert busy_wallets.split(batch, PLATFORM) == (batch, frozenset())
    assert lock_queue._stuck == {}


def test_no_events_are_no_one_s(app: Flask) -> None:
    assert busy_wallets.split({}, PLATFORM) == ({}, frozenset())


def test_what_can_not_be_read_or_names_no_organization_goes_on_to_be_refused(app: Flask) -> None:
    held = an_organization()
    unknown = json.dumps(a_cloudevent(uuid4())).encode()
    batch = {0: b"nonsense", 1: unknown, 2: raw(held)}
    with wallet_locked(held.id):
        assert busy_wallets.split(batch, PLATFORM)[0] == {0: b"nonsense", 1: unknown}


def test_a_sender_learns_nothing_of_a_wallet_that_it_may_not_report_for(app: Flask) -> None:
    held, own = an_organization(), an_organization()
    batch = {0: raw(held), 1: raw(own)}
    with wallet_locked(held.id):
        assert busy_wallets.split(batch, Sender(uuid4(), own.id)) == (batch, frozenset())


def test_it_leaves_no_wallet_locked(app: Flask) -> None:
    free = an_organization()
    busy_wallets.split({0: raw(free)}, PLATFORM)
    assert not db.session().in_transaction()
    with wallet_locked(free.id):
        pass
