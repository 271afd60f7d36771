"""The platform's side of a drill: calls in progress, and every event of usage that was sent, to be sent again."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from demo.simulator import workload
from demo.simulator.calls import UnexpectedAnswerError
from demo.simulator.client import Answer, Client, UnreachableError
from demo.simulator.reporting import BATCH, RefusedError
from demo.simulator.tally import Tally
from demo.simulator.workload import Score
from dev.errors import ToolError
from torture.stage import Stage

USAGE = "/usage"
TOGETHER = 500


class Reporting(Client):
    """A client that remembers every event that was sent, as the platform stores its usage."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token, patience=60)
        self.sent: dict[tuple[str, str], dict[str, Any]] = {}

    def post(
        self,
        path: str,
        body: Any = None,
        *,
        media_type: str = "application/json",
        patience: float | None = None,
    ) -> Answer:
        """As any client does."""
        if path == USAGE:
            self.sent |= {(event["source"], event["id"]): event for event in body}
        return super().post(path, body, media_type=media_type, patience=patience)


class Calling:
    """Calls of all organizations, in a thread of their own."""

    def __init__(self, address: str, cast: Stage, seed: int) -> None:
        self.client = Reporting(address, cast.token)
        self.tally = Tally()
        self._cast, self._seed = cast, seed
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="calls", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def cut_off(self) -> None:
        """The service is gone: no one waits for it any longer."""
        self.client.patience = 0.5
        self._stopping.set()
        self._thread.join(120)

    def send_again(self) -> int:
        """Send every event again, as the platform does after a restore; how many there were.

        Raises `ToolError` where one is refused.
        """
        self.client.patience = 60
        events = list(self.client.sent.values())
        for start in range(0, len(events), TOGETHER):
            answer = self.client.post(USAGE, events[start : start + TOGETHER], media_type=BATCH)
            if not answer.is_good or answer.body.get("refused"):
                raise ToolError(f"Usage that was sent again was refused: {answer.status} {answer.body}")
        return len(events)

    def _run(self) -> None:
        score = Score(
            lines=2, seconds=None, speed=30, between=0.5, trouble=False, report_every=0.5, seed=self._seed
        )
        players: Sequence[Any] = [company.player for company in self._cast.companies]
        try:
            workload.play(
                self.client, players, score, self.tally, stopping=self._stopping, say=lambda _: None
            )
        except (UnreachableError, UnexpectedAnswerError, RefusedError):
            return  # it was cut off
