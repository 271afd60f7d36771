"""A platform at work over HTTP: its own count is the service's, pauses are obeyed, and a difference is found."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.billing.wallet import envelopes, verification
from app.extensions import db
from app.models import Hold, HoldState, LimitSubject, UsageEvent
from app.models import Organization as OrganizationRow
from demo import simulation
from demo.simulator import reconciliation, workload
from demo.simulator.campaigns import USUAL, Organization
from demo.simulator.client import Client, UnreachableError
from demo.simulator.reconciliation import Comparison
from demo.simulator.tally import Tally
from demo.simulator.workload import Score
from tests.factories import OWNER, an_organization, give_credit, usd
from tests.support.database import behind_the_scenes, inside
from tests.support.limits import a_draft, a_limit
from tests.support.platform import Platform
from tests.support.serving import serving

FAST = Score(lines=3, seconds=0.8, speed=900, report_every=0.05, seed=7)


@pytest.fixture
def client(app: Flask) -> Iterator[Client]:
    with serving(app) as address:
        yield Client(address, Platform(app).text, patience=20, lost=0.1, chance=Random(7))


def a_player(credit: str) -> Organization:
    made = an_organization(credit=credit)
    return Organization(made.id, made.name, USUAL)


def played(
    client: Client,
    player: Organization,
    *,
    say: Callable[[str], None] = lambda _: None,
    fund: Callable[[UUID], None] | None = None,
    score: Score = FAST,
) -> Tally:
    tally = Tally()
    workload.play(client, [player], score, tally, stopping=threading.Event(), say=say, fund=fund)
    return tally


def compared(client: Client, player: Organization, tally: Tally) -> Comparison:
    return reconciliation.compare(
        client, player, tally, simulation.price_list("starter", "2026-12.4"), opened_at=0
    )


def test_whatever_goes_wrong_on_the_way_both_count_the_same(client: Client) -> None:
    player = a_player("1000")
    tally = played(client, player)
    result = compared(client, player, tally)
    assert result.differences == []
    assert result.calls > 0
    assert result.cost > 0
    assert client.sent_again > 0
    assert verification.check() == []


def test_without_credit_no_one_calls_and_with_it_they_go_on_by_themselves(app: Flask, client: Client) -> None:
    player = a_player("0")
    said: list[str] = []
    holds: list[int] = []
    credit = simulation.credit(app, usd("1000"))

    def fund(org_id: UUID) -> None:
        with inside(app):
            holds.append(db.session.query(Hold).count())
        credit(org_id)

    tally = played(client, player, say=said.append, fund=fund, score=replace(FAST, seconds=4))
    assert said == [
        f"{player.name}: 0.000000 of credit; too little history to say how long it lasts",
        f"{player.name}: auto top-up is off",
        f"{player.name}: calling is paused: no_credit",
        f"{player.name}: calling resumed",
    ]
    assert holds == [0]
    assert tally.count(player.id, "started") > 0
    assert compared(client, player, tally).is_equal


def test_a_campaign_with_credit_set_aside_calls_while_others_wait(client: Client) -> None:
    """All credit is in an envelope: calling is paused, and only that campaign's calls are made."""
    player = a_player("1000")
    organization = db.session.get_one(OrganizationRow, player.id)
    envelopes.set_aside(organization, USUAL[0].name, usd("1000"), organization.local_day(), OWNER)
    db.session.commit()
    said: list[str] = []
    tally = played(client, player, say=said.append)
    assert f"{player.name}: calling is paused: set_aside" in said
    assert tally.count(player.id, "started") > 0
    campaigns = set(db.session.scalars(select(Hold.campaign)))
    assert campaigns == {USUAL[0].name}
    assert verification.check() == []


def test_calls_in_progress_hold_what_they_use_and_give_it_back(client: Client) -> None:
    player = a_player("1000")
    tally = played(client, player)
    left = db.session.scalar(select(func.count()).where(Hold.state == HoldState.ACTIVE))
    assert left == tally.count(player.id, "left to its lease")


def test_a_limit_stops_its_campaign_and_calls_of_others_continue(client: Client) -> None:
    player = a_player("1000")
    stopped, *others = player.campaigns
    draft = a_draft("0", subject=LimitSubject.CAMPAIGN, name=stopped.name)
    a_limit(db.session.get_one(OrganizationRow, player.id), draft)
    tally = played(client, player)
    assert tally.count(player.id, "limit reached") > 0
    assert tally.count(player.id, "more was asked for") == 1
    called = set(db.session.scalars(select(Hold.campaign).where(Hold.org_id == player.id).distinct()))
    assert called
    assert called <= {one.name for one in others}
    assert compared(client, player, tally).is_equal


def test_a_wrong_quantity_is_found(client: Client) -> None:
    assert "of tokens_in, not" in differences_after(client, quantity=UsageEvent.quantity + 1)


def test_a_micro_unit_too_much_is_found(client: Client) -> None:
    assert "tokens_in cost" in differences_after(client, amount_micro=UsageEvent.amount_micro + 1)


def test_a_charge_that_belongs_to_no_call_of_the_play_is_found(client: Client) -> None:
    assert "The ledger charged" in differences_after(client, call="another")


def differences_after(client: Client, **change: Any) -> str:
    """What is found once one event of the play was changed behind everyone's back."""
    player = a_player("1000")
    tally = played(client, player)
    one = select(UsageEvent.event_id).where(UsageEvent.meter == "tokens_in").limit(1)
    with behind_the_scenes() as connection:
        connection.execute(
            update(UsageEvent).where(UsageEvent.event_id == one.scalar_subquery()).values(**change)
        )
    return " ".join(compared(client, player, tally).differences)


def test_credit_given_elsewhere_is_no_difference(client: Client) -> None:
    player = a_player("1000")
    tally = played(client, player)
    give_credit(db.session.get_one(OrganizationRow, player.id), "5")
    assert compared(client, player, tally).is_equal


def test_a_service_that_is_not_there_ends_the_play_with_its_address() -> None:
    client = Client("http://127.0.0.1:9", "vpb_none", patience=0.2)
    with pytest.raises(UnreachableError, match=r"127\.0\.0\.1:9/api/v1 does not answer"):
        workload.play(
            client,
            [Organization(UUID(int=1), "Missing", USUAL)],
            FAST,
            Tally(),
            stopping=threading.Event(),
            say=lambda _: None,
        )
