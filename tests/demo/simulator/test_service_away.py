"""The platform's rule while the service is away (docs/platform.md): calls end with their lease, none starts, and usage
arrives once when the service is back."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import func, select

from app.billing.wallet import verification
from app.extensions import db
from app.models import Hold, HoldState
from demo import simulation
from demo.simulator import reconciliation, workload
from demo.simulator.campaigns import Campaign, Organization
from demo.simulator.client import Client
from demo.simulator.tally import Tally
from demo.simulator.workload import Score
from tests.factories import an_organization
from tests.support.platform import Platform
from tests.support.serving import serving
from tests.support.waiting import wait_until
from torture.network.links import Mode
from torture.network.proxy import Proxy

LINES = 3
LONG = (Campaign("Recall customers", ("Ava",), answered=1.0, seconds=(3_000, 3_600)),)
"""Calls that outlast every lease: those in progress when the service goes away are ended by it."""
SCORE = Score(lines=LINES, seconds=None, speed=60, grace=4, report_every=0.05, trouble=False, seed=7)


def test_with_the_service_away_and_back_usage_arrives_once_and_holds_settle(
    app: Flask, tmp_path: Path
) -> None:
    made = an_organization(credit="1000")
    player, tally, stopping = Organization(made.id, made.name, LONG), Tally(), threading.Event()
    with serving(app) as address, ThreadPoolExecutor() as aside:
        proxy = Proxy(7, tmp_path / "log")
        proxy.add("platform-api", urlsplit(address).port or 80)
        proxy.start()
        try:
            client = Client(
                f"http://127.0.0.1:{proxy.ports['platform-api']}", Platform(app).text, chance=Random(7)
            )
            playing = aside.submit(
                workload.play, client, [player], SCORE, tally, stopping=stopping, say=lambda _: None
            )
            wait_until(lambda: tally.count(player.id, "started") == LINES, "not all are calling")
            proxy.set("platform-api", Mode.CUT)
            wait_until(lambda: tally.count(player.id, "ended by its lease") == LINES, "a call goes on")
            assert tally.count(player.id, "started") == LINES  # no call without a hold
            reported = sum(len(used.quantities) for _, of in tally.calls(player.id) for used in of.values())
            proxy.set("platform-api", Mode.OPEN)
            wait_until(lambda: tally.count(player.id, "started") > LINES, "no one calls again")
        finally:
            stopping.set()
            proxy.set("platform-api", Mode.OPEN)
            playing.result()
            proxy.stop()
        client = Client(address, Platform(app).text)
        prices = simulation.price_list("starter", "2026-12.4")
        result = reconciliation.compare(client, player, tally, prices, opened_at=0)
    assert result.differences == []
    assert result.events > reported > 0
    assert verification.check() == []
    assert db.session.scalar(select(func.count()).where(Hold.state == HoldState.ACTIVE)) == 0
