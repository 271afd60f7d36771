"""One run from the first program to the last comparison."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from torture import settling, stage
from torture.actions import cards, top_ups
from torture.calls import Calls
from torture.checks import events, ledger, money, states
from torture.journal import Journal
from torture.owners import Owner
from torture.plan import Plan
from torture.stage import Stage
from torture.stripe_side import StripeSide
from torture.system import System, running
from torture.trouble import kills
from torture.trouble.processor import Processor
from torture.trouble.receivers import Receiver
from torture.trouble.slow_people import SlowPeople

ENDS = 120
"""Seconds in which everyone finishes what they are at, once trouble has ended."""


def torture(plan: Plan, folder: Path) -> Journal:
    """Start everything, let it go wrong for so long, let it settle, and compare. Raises `ToolError` where it doesn't
    start."""
    journal, stopping = Journal(), threading.Event()
    quick, hostile = Receiver(), Receiver(plan.chance("receiver"), is_hostile=True)
    servers = [quick.start(), hostile.start()]
    try:
        with running(folder) as system:
            side = StripeSide(system.stripe_address)
            for receiver in (quick, hostile):
                system.flask("platform", "add", receiver.url)
            cast = stage.build(system, plan.chance("stage"), journal)
            _fund(cast, side, plan, journal)
            calls = _let_go_wrong(plan, system, cast, side, journal, stopping)
            hostile.is_hostile = False
            settling.settle(system, side, plan.chance("settling"), journal, plan.settle_seconds)
            ledger.check(system, journal)
            money.check(system, side, journal)
            events.check(system, cast.companies, calls.tally, journal)
            states.check(system, quick, journal)
            journal.note(
                f"Messages: {quick.messages} to the quick receiver, {hostile.messages} to the hostile one."
            )
    finally:
        stopping.set()
        for server in servers:
            server.shutdown()
    return journal


def _fund(cast: Stage, side: StripeSide, plan: Plan, journal: Journal) -> None:
    """In peace: a card that pays for everyone, and a first try to top up."""
    for person in cast.people:
        chance = plan.chance(f"fund {person.email}")
        for _ in person.companies:
            journal.happened("card added", cards.add(person, chance, side, token="pm_card_visa"))
            journal.happened("top-up", top_ups.top_up(person, chance, side))


def _let_go_wrong(
    plan: Plan, system: System, cast: Stage, side: StripeSide, journal: Journal, stopping: threading.Event
) -> Calls:
    """Everyone at the same time, and the kills, until the time is over and all have finished."""
    calls = Calls(cast, plan.chance("calls"), journal, stopping)
    processor = Processor(side, plan.chance("processor"), journal, stopping)
    slow = SlowPeople(system.address, plan.chance("slow people"), journal, stopping)
    owners = [
        Owner(person, plan.chance(f"owner {number}"), side, journal, stopping)
        for number, person in enumerate(cast.people)
    ]
    threads = [calls.thread, processor.thread, slow.thread, *(owner.thread for owner in owners)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + plan.seconds
    kills.kill_until(end, plan.kill_every, system, plan.chance("kills"), journal, stopping)
    stopping.set()
    finished = time.monotonic() + ENDS
    for thread in threads:
        thread.join(max(0.0, finished - time.monotonic()))
        if thread.is_alive():
            journal.found("not settled", f"{thread.name} did not finish within {ENDS} seconds")
    return calls
