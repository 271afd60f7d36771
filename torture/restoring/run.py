"""The drill from the first program to the last comparison."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import psycopg

from dev.errors import ToolError
from dev.waiting import until_answering
from torture import settling, stage
from torture.actions import cards, plans, top_ups
from torture.checks import ledger, money, states
from torture.journal import Journal
from torture.peace import in_peace
from torture.restoring import known
from torture.restoring.outcome import Outcome
from torture.restoring.platform import Calling
from torture.restoring.vault import Vault
from torture.soak import machine
from torture.stage import Stage
from torture.stripe_side import StripeSide
from torture.system import System
from torture.topology import PRODUCT
from torture.trouble.processor import top_up_of

TRIES = 12
SETTLES = 120
RECOVERS = 300
"""Seconds."""

NEVER_SENT = """
SELECT count(*) FROM usage_event WHERE (source, event_id) IN (SELECT * FROM unnest(%s::text[], %s::text[]))"""
COUNTED = "SELECT count(*), count(DISTINCT (source, event_id)) FROM usage_event WHERE corrects_id IS NULL"


def drill(folder: Path, *, seconds: float, seed: int) -> Outcome:
    """Traffic for so long before the backup, after it, and once more until the end; then all of it.

    Raises `ToolError` where a step doesn't work.
    """
    outcome, vault, chance, journal = Outcome(), Vault(folder), Random(seed), Journal()
    with in_peace(seed, folder, vault.cluster) as (system, receiver):
        with system.connect() as connection:
            outcome.machine = machine.describe(connection)
        vault.create()
        side = StripeSide(system.stripe_address)
        cast = stage.build(system, chance, journal)
        for person in cast.people:
            for _ in person.companies:
                cards.add(person, chance, side, token="pm_card_visa")
        _until_charged(cast, side, 4)
        calling = Calling(system.api_address, cast, seed)
        calling.start()
        time.sleep(seconds)
        with _timed(outcome, "Full backup, under traffic"):
            vault.back_up()
        outcome.counts["Repository after it"] = f"{vault.size() / (1 << 20):.0f} MiB"
        time.sleep(seconds)
        target = _now(system)
        time.sleep(1.1)  # Stripe's times are whole seconds
        _live_on(cast, side)
        lost_after = time.monotonic()
        time.sleep(seconds)
        acknowledged = list(calling.client.sent)
        for name in ("postgres", *PRODUCT):
            system.kill(name)
        ended = time.monotonic()
        calling.cut_off()
        outcome.counts["Moment restored to, before the end"] = f"{ended - lost_after + seconds:.0f} s or more"
        with _timed(outcome, "Restoring the files (deploy/backup/restore.sh)"):
            vault.restore(target)
        with _timed(outcome, "Recovery of the write-ahead log, until PostgreSQL takes writes"):
            system.start("postgres")
            _until_writing(system)
        _catch_up(system, side, outcome, acknowledged)
        with _timed(outcome, "Starting the programs, until /readyz answers 200"):
            for name in PRODUCT:
                system.start(name)
            if not all(until_answering(ready, seconds=120) for ready in system.ready):
                raise ToolError("/readyz doesn't answer after the restore.")
        outcome.counts["Usage events sent again"] = f"{calling.send_again():,}"
        outcome.counts["Messages to the platform before announcing"] = f"{receiver.messages:,}"
        system.flask("platform", "announce")
        settling.settle(system, side, Random(seed), journal, SETTLES)
        ledger.check(system, journal)
        money.check(system, side, journal)
        states.check(system, receiver, journal)
        _check_usage(system, calling, outcome)
        outcome.findings += [f"{finding.kind}: {finding.text}" for finding, _ in journal.findings]
    return outcome


def _catch_up(
    system: System, side: StripeSide, outcome: Outcome, acknowledged: list[tuple[str, str]]
) -> None:
    """What an operator does before people come back."""
    wanted = known.at_stripe(side)
    with system.connect() as connection:
        before = known.in_database(connection)
        sources, ids = [one for one, _ in acknowledged], [one for _, one in acknowledged]
        row = connection.execute(NEVER_SENT, [sources, ids]).fetchone() or (0,)
        outcome.counts["Usage events sent before the end, and not restored"] = (
            f"{len(acknowledged) - row[0]:,} of {len(acknowledged):,}"
        )
    with _timed(outcome, "flask ledger check"):
        system.flask("ledger", "check")
    with _timed(outcome, "flask stripe reconcile"):
        try:
            system.flask("stripe", "reconcile")
        except ToolError as left:
            outcome.findings.append(str(left))
    with system.connect() as connection:
        after = known.in_database(connection)
    for what, there in wanted.items():
        outcome.compare(what, there, before[what], after[what])


def _check_usage(system: System, calling: Calling, outcome: Outcome) -> None:
    """Every event that was ever sent is there once."""
    with system.connect() as connection:
        row = connection.execute(COUNTED).fetchone() or (0, 0)
    sent = len([event for event in calling.client.sent.values() if "corrects" not in event["data"]])
    outcome.counts["Usage events in the end: sent, here"] = f"{sent:,}, {row[0]:,}"
    if not sent == row[0] == row[1]:
        outcome.findings.append(f"usage: {sent} events were sent, {row[0]} are here, {row[1]} different ones")


def _live_on(cast: Stage, side: StripeSide) -> None:
    """What Stripe hears of after the moment that will be restored to."""
    before = _charges(side)
    _until_charged(cast, side, len(before) + 3)
    new = [one for one in _charges(side) if one.id not in {each.id for each in before}]
    side.client.v1.refunds.create({"charge": before[-1].id, "amount": 500})
    side.client.v1.refunds.create({"charge": new[-1].id, "amount": 300})
    side.control.open_dispute(new[0].id)
    person = cast.people[0]
    cards.add(person, Random(1), side, token="pm_card_mastercard")
    for number in range(TRIES):
        if plans.switch(person, Random(number), side) == "clicked through" and side.all("subscriptions"):
            return


def _until_charged(cast: Stage, side: StripeSide, wanted: int) -> None:
    """Let owners top up until there are so many charges."""
    for number in range(TRIES * wanted):
        if len(_charges(side)) >= wanted:
            return
        top_ups.top_up(cast.people[number % len(cast.people)], Random(number), side)
    raise ToolError("Owners could not top up.")


def _charges(side: StripeSide) -> list[Any]:
    return [one for one in side.all("charges") if one.paid and top_up_of(one)]


def _now(system: System) -> str:
    """The time of the database, as an operator writes it."""
    with system.connect() as connection:
        row = connection.execute(
            "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        ).fetchone()
    return f"{row[0] if row else ''}+00"


def _until_writing(system: System) -> None:
    end = time.monotonic() + RECOVERS
    while time.monotonic() < end:
        try:
            with system.connect() as connection:
                row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
                if row and not row[0]:
                    return
        except psycopg.OperationalError:
            pass
        time.sleep(0.1)
    raise ToolError(
        f"PostgreSQL didn't recover. The end of its log:\n{system.cluster.log.read_text()[-2_000:]}"
    )


@contextmanager
def _timed(outcome: Outcome, step: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    outcome.seconds[step] = time.monotonic() - started
