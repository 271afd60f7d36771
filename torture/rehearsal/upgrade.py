"""An upgrade as operators make it, under traffic: migrations while the old version serves, then both versions on one
schema in turn, then the new one; and back again."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from config import ROOT
from dev.postgres import Cluster
from torture import stage
from torture.actions import cards, top_ups
from torture.checks import events, ledger
from torture.journal import Journal
from torture.rehearsal import old_version
from torture.rehearsal.filling import fill
from torture.rehearsal.installation import Installation, beside, describe
from torture.rehearsal.lock_waits import LOGGED, Watch
from torture.rehearsal.plan import Plan
from torture.rehearsal.traffic import Calls, Figures, Turns, client_of, read_pages
from torture.stage import Stage
from torture.stripe_side import StripeSide
from torture.system import DATABASE

ENDS = 120
"""Seconds in which everyone finishes what they are at."""


def rehearse(plan: Plan, folder: Path, figures: Figures) -> Journal:
    """Do all of it, and say what was found. Raises `ToolError` where something doesn't start."""
    journal, stopping = Journal(), threading.Event()
    oldest, *_ = old_version.newest(plan.migrations)
    commit = plan.version or old_version.before(oldest)
    root = old_version.unpack(commit, folder / "old")
    journal.note(f"From {commit[:12]} to this version, over migration {oldest} and those after it.")
    with Cluster(folder / "postgres", settings=LOGGED) as cluster:
        figures.waits = Watch(cluster.log).since_last
        old = describe(folder, cluster, cluster.create_database(DATABASE).settings, root=root)
        old.name = "old"
        old.flask("db", "upgrade")
        new = beside(old, root=ROOT, name="new")
        try:
            old.start_stripe()
            old.start_all(until="/readyz")
            cast = _stage(plan, old, journal)
            _fill(plan, old, cast, journal)
            turns = Turns(old.address)
            calls, threads = _traffic(plan, cast, old, turns, figures, journal, stopping)
            _upgrade(plan, old, new, turns, figures, journal)
            stopping.set()
            for thread in threads:
                thread.join(ENDS)
            figures.end()
            ledger.check(new, journal)
            events.check(new, cast.companies[1:], calls.tally, journal)
            _jobs(new, journal)
        finally:
            stopping.set()
            new.kill_all()
            old.kill_all()
    return journal


def _stage(plan: Plan, old: Installation, journal: Journal) -> Stage:
    side = StripeSide(old.stripe_address)
    cast = stage.build(old, plan.chance("stage"), journal)
    for person in cast.people:
        chance = plan.chance(person.email)
        cards.add(person, chance, side, token="pm_card_visa")
        journal.happened("top-up", top_ups.top_up(person, chance, side))
    return cast


def _fill(plan: Plan, old: Installation, cast: Stage, journal: Journal) -> None:
    began = time.monotonic()
    with old.connect() as connection:
        fill(connection, cast.companies[0].id, plan.transfers)
    journal.note(f"{plan.transfers:,} transfers written in {time.monotonic() - began:.0f} s.")


def _traffic(
    plan: Plan,
    cast: Stage,
    old: Installation,
    turns: Turns,
    figures: Figures,
    journal: Journal,
    stopping: threading.Event,
) -> tuple[Calls, list[threading.Thread]]:
    figures.begin("old version, its own schema")
    client = client_of(old.address, cast.token, turns, figures, plan.chance("client"))
    # The first has the large ledger, which its owner reads.
    calls = Calls(client, cast.companies[1:], plan.seed, journal, stopping)
    threads = [calls.thread]
    threads += [read_pages(person, turns, figures, journal, stopping) for person in cast.people[:2]]
    for thread in threads:
        thread.start()
    return calls, threads


def _upgrade(
    plan: Plan, old: Installation, new: Installation, turns: Turns, figures: Figures, journal: Journal
) -> None:
    time.sleep(plan.seconds)
    _migrate("upgrade", new, figures, journal, "db", "upgrade")
    figures.begin("old version, new schema")
    time.sleep(plan.seconds)
    new.start_all(until="/readyz")
    turns.go_to(old.address, new.address)
    figures.begin("both versions in turn")
    time.sleep(plan.seconds)
    turns.go_to(new.address)
    figures.begin("new version only")
    # As a proxy does: the last requests are answered before the programs are asked to end.
    time.sleep(min(plan.seconds, 5))
    old.end()
    time.sleep(plan.seconds)
    old.start_all()
    turns.go_to(old.address)
    time.sleep(min(plan.seconds, 5))
    new.end()
    before, *_ = old_version.newest(plan.migrations + 1)
    _migrate("back", new, figures, journal, "db", "downgrade", before)
    _migrate("upgrade again", new, figures, journal, "db", "upgrade")


def _migrate(phase: str, new: Installation, figures: Figures, journal: Journal, *command: str) -> None:
    figures.begin(f"{phase}, old version serving")
    began = time.monotonic()
    new.flask(*command)
    journal.note(f"flask {' '.join(command)} took {time.monotonic() - began:.1f} s.")


def _jobs(new: Installation, journal: Journal) -> None:
    """No job of one version failed in the other."""
    with new.connect() as connection:
        for task, count in connection.execute(
            "SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY 1"
        ):
            journal.found("jobs failed", f"{count} of {task}")
