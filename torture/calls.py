"""The platform's calls: the simulator, against the API, for all organizations at the same time."""

from __future__ import annotations

import threading
from random import Random

from demo.simulator import workload
from demo.simulator.calls import UnexpectedAnswerError
from demo.simulator.client import UnreachableError
from demo.simulator.reporting import RefusedError
from demo.simulator.tally import Tally
from demo.simulator.workload import Score
from torture.journal import Journal
from torture.stage import Stage

COUNTED = (
    "started",
    "answered",
    "unanswered",
    "refused",
    "ended politely",
    "left to its lease",
    "outlived by its call",
    "ended by its lease",
    "not made without an answer",
)
SCORE = {"lines": 2, "seconds": None, "speed": 60.0, "between": 0.3, "report_every": 0.4, "ask_every": 0.7}


class Calls:
    """Calls in a thread of their own, until `stopping`. `tally` is what they count."""

    def __init__(self, stage: Stage, chance: Random, journal: Journal, stopping: threading.Event) -> None:
        self._stage = stage
        self._seed = chance.randrange(1_000_000)
        self._journal = journal
        self._stopping = stopping
        self.tally = Tally()
        self.thread = threading.Thread(target=self._run, name="calls", daemon=True)

    def _run(self) -> None:
        players = [company.player for company in self._stage.companies]
        score = Score(**SCORE, seed=self._seed)  # type: ignore[arg-type]
        try:
            workload.play(
                self._stage.client, players, score, self.tally, stopping=self._stopping, say=lambda _: None
            )
        except (UnreachableError, UnexpectedAnswerError, RefusedError) as error:
            self._journal.found("calls ended", str(error))
        for player in players:
            for what in COUNTED:
                self._journal.happened("call", what, self.tally.count(player.id, what))
        self._journal.happened("request sent again", times=self._stage.client.sent_again)
