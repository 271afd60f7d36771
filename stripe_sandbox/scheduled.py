"""What happens later by itself: refunds that settle, periods that turn. It outlives a restart."""

from __future__ import annotations

import time
from contextlib import suppress
from threading import Thread

from stripe_sandbox.advancing import catch_up
from stripe_sandbox.errors import ApiError
from stripe_sandbox.moving import move_clocks
from stripe_sandbox.performing import perform
from stripe_sandbox.resources.payments import refunds
from stripe_sandbox.sandbox import Sandbox


def run(sandbox: Sandbox, *, everything: bool = False) -> int:
    """Do what is due, or all that is scheduled; how much that was."""
    until = float("inf") if everything else time.time()
    query = "SELECT id, work, object FROM scheduled WHERE due <= ? ORDER BY due, id"
    rows = sandbox.store.execute(query, until)
    for id_, outcome, refund in rows:
        # It may have been settled before, and a reset may have removed it.
        with suppress(ApiError):
            perform(sandbox, lambda call, of=refund, to=outcome: refunds.settle(call, of, to))  # type: ignore[misc]
        sandbox.store.execute("DELETE FROM scheduled WHERE id = ?", id_)
    return len(rows)


def waiting(sandbox: Sandbox) -> int:
    """How much is still to happen."""
    return int(sandbox.store.execute("SELECT count(*) FROM scheduled")[0][0])


def start(sandbox: Sandbox) -> None:
    """Look every half second, in the background, and immediately where there is hurry."""
    Thread(target=_run, args=(sandbox,), name="scheduled", daemon=True).start()


def _run(sandbox: Sandbox) -> None:
    while True:
        sandbox.hurry.wait(0.5)
        sandbox.hurry.clear()
        run(sandbox)
        catch_up(sandbox)
        move_clocks(sandbox)
