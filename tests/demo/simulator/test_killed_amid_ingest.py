"""kill -9 of the web processes, the worker and PostgreSQL while usage comes in: nothing lost, nothing counted twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from random import Random

from app import create_app
from app.billing.wallet import verification
from app.extensions import db
from config import Settings
from demo import simulation
from demo.simulator import reconciliation, workload
from demo.simulator.campaigns import USUAL, Organization
from demo.simulator.client import Client
from demo.simulator.tally import Tally
from demo.simulator.workload import Score
from tests.factories import an_organization
from tests.support.database import inside
from tests.support.killing import Programs, programs
from tests.support.platform import Platform
from tests.support.waiting import wait_until

SCORE = Score(lines=3, seconds=None, speed=600, report_every=0.05, seed=3)
KILLED = ("web", "postgres", "worker")


def test_no_event_is_lost_and_none_is_counted_twice(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with programs(tmp_path, {"APP_ENV": "test", "LOG_LEVEL": "CRITICAL"}) as running:
        app = create_app(Settings.from_environment(dict(running.environment)))
        with inside(app):
            made = an_organization(credit="900")
            player = Organization(made.id, made.name, USUAL)
            client = Client(running.address, Platform(app).text, patience=60, lost=0.05, chance=Random(3))
            tally, stopping = Tally(), threading.Event()
            play = partial(
                workload.play, client, [player], SCORE, tally, stopping=stopping, say=lambda _: None
            )
            with ThreadPoolExecutor() as aside:
                playing_on = aside.submit(play)
                try:
                    _kill_them_all(running, tally, player)
                finally:
                    stopping.set()
                playing_on.result()
            db.session.remove()
            db.engine.dispose()

            prices = simulation.price_list("starter", "2026-12.4")
            result = reconciliation.compare(client, player, tally, prices, opened_at=0)
            assert result.differences == []
            assert result.events > 100
            assert client.sent_again > len(KILLED)
            assert verification.check() == []


def _kill_them_all(running: Programs, tally: Tally, player: Organization) -> None:
    """One after the other, each time amid calls, and start it again."""
    for name in KILLED:
        _wait_for_calls(tally, player, 6)
        running.kill(name)
        running.start(name)
    _wait_for_calls(tally, player, 6)


def _wait_for_calls(tally: Tally, player: Organization, more: int) -> None:
    enough = tally.count(player.id, "answered") + more
    wait_until(lambda: tally.count(player.id, "answered") >= enough, "no one calls any more")
