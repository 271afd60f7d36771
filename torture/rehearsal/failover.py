"""The primary is killed under traffic, and the replica takes over: nothing lost, nothing doubled, seconds measured.

Two servers, the second a synchronous standby of the first: a commit that was acknowledged is on both
(https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION). A watcher beside them promotes
the standby once the primary has been silent for three looks. The programs know both by one address, and find by
themselves which takes changes (`target_session_attrs=read-write`).
"""

from __future__ import annotations

import shutil
import threading
import time
import urllib.request
from pathlib import Path

import psycopg

from dev.database_roles import APPLICATION, OWNER
from dev.errors import ToolError
from dev.postgres import Cluster
from dev.replication import make_replica
from torture import settling, stage
from torture.actions import cards, top_ups
from torture.browser import UnansweredError
from torture.checks import events, ledger, money
from torture.journal import Journal
from torture.rehearsal.installation import Installation, describe
from torture.rehearsal.plan import Plan
from torture.rehearsal.traffic import Calls, Figures, Turns, client_of, read_pages, repeat
from torture.stage import Stage
from torture.stripe_side import AWAY, StripeSide
from torture.system import DATABASE

STANDBY = "standby"
LOOKS, LOOK_EVERY = 3, 0.5
"""How often the watcher looks before it promotes, and after how many seconds each."""
PROBE_EVERY = 0.1
ENDS = 120


class Pair:
    """Two servers, of which one takes changes. Each failover swaps them."""

    def __init__(self, folder: Path) -> None:
        self.primary, self.standby = Cluster(folder / "one"), Cluster(folder / "two")

    def start(self) -> None:
        """The first server alone; the standby comes with `protect`."""
        self.primary.start()
        self.primary.create_database(DATABASE)

    @property
    def settings(self) -> dict[str, str]:
        """Addresses that name both servers."""
        hosts = "&".join(
            f"host={one.url(DATABASE).partition('host=')[2]}" for one in (self.primary, self.standby)
        )
        return {
            name: f"postgresql+psycopg://{role}@/{DATABASE}?{hosts}&target_session_attrs=read-write"
            for name, role in (("DATABASE_URL", APPLICATION), ("DATABASE_OWNER_URL", OWNER))
        }

    def protect(self) -> None:
        """Make the standby again, and acknowledge from now on only what is on both. Raises `ToolError`."""
        shutil.rmtree(self.standby.folder, ignore_errors=True)
        self.standby = make_replica(self.primary, self.standby.folder, name=STANDBY)
        self.standby.start()
        with psycopg.connect(self.primary.conninfo(), autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{STANDBY}'")
            connection.execute("SELECT pg_reload_conf()")
            for _ in range(100):
                row = connection.execute("SELECT sync_state FROM pg_stat_replication").fetchone()
                if row is not None and row[0] == "sync":
                    return
                time.sleep(0.1)
        raise ToolError("The standby doesn't become synchronous.")

    def kill_primary(self) -> None:
        """kill -9 of the server; its sessions end with it."""
        process = self.primary.process
        if process is not None:
            process.kill()
            process.wait()

    def watch(self) -> float:
        """Promote the standby once the primary is silent; seconds from the call until it takes changes."""
        began, silent = time.monotonic(), 0
        while silent < LOOKS:
            try:
                psycopg.connect(self.primary.conninfo(), connect_timeout=1).close()
                silent = 0
            except psycopg.OperationalError:
                silent += 1
            time.sleep(LOOK_EVERY)
        with psycopg.connect(self.standby.conninfo(), autocommit=True) as connection:
            connection.execute("SELECT pg_promote(true, 60)")
        self.primary, self.standby = self.standby, self.primary
        return time.monotonic() - began

    def stop(self) -> None:
        self.standby.stop()
        self.primary.stop()


class Prober:
    """Asks again and again whether pages can be served, and adds up for how long they could not."""

    def __init__(self, address: str, stopping: threading.Event) -> None:
        self._address = address
        self.outages: list[float] = []
        self._since: float | None = None
        self.thread = repeat(self._probe, PROBE_EVERY, stopping, "prober")

    def _probe(self) -> None:
        began = time.monotonic()
        if self._is_up():
            if self._since is not None:
                self.outages.append(time.monotonic() - self._since)
                self._since = None
        elif self._since is None:
            self._since = began

    def _is_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._address}/readyz", timeout=30) as answer:
                return int(answer.status) == 200
        except OSError:
            return False


def rehearse(plan: Plan, folder: Path, figures: Figures) -> Journal:
    """Do all of it, and say what was found. Raises `ToolError` where something doesn't start."""
    journal, stopping = Journal(), threading.Event()
    pair = Pair(folder)
    pair.start()
    system = describe(folder, pair.primary, pair.settings)
    try:
        system.flask("db", "upgrade")
        pair.protect()
        system.start_stripe()
        system.start_all(until="/readyz")
        side = StripeSide(system.stripe_address)
        cast = stage.build(system, plan.chance("stage"), journal)
        for person in cast.people:
            cards.add(person, plan.chance(person.email), side, token="pm_card_visa")
            journal.happened("top-up", top_ups.top_up(person, plan.chance(person.email), side))
        calls = _fail_over(plan, pair, system, cast, side, figures, journal, stopping)
        settling.settle(system, side, plan.chance("settling"), journal, plan.settle_seconds)
        ledger.check(system, journal)
        money.check(system, side, journal)
        events.check(system, cast.companies, calls.tally, journal)
        journal.note(f"{journal.operations['check: event compared', 'done']:,} events compared one by one.")
    finally:
        stopping.set()
        system.kill_all()
        pair.stop()
    return journal


def _fail_over(
    plan: Plan,
    pair: Pair,
    system: Installation,
    cast: Stage,
    side: StripeSide,
    figures: Figures,
    journal: Journal,
    stopping: threading.Event,
) -> Calls:
    figures.begin("before")
    turns = Turns(system.address)
    client = client_of(system.address, cast.token, turns, figures, plan.chance("client"))
    calls = Calls(client, cast.companies, plan.seed, journal, stopping)
    prober = Prober(system.address, stopping)
    threads = [calls.thread, prober.thread, read_pages(cast.people[0], turns, figures, journal, stopping)]
    threads += [_payer(person, plan, side, journal, stopping) for person in cast.people[1:3]]
    for thread in threads:
        thread.start()
    time.sleep(plan.seconds)
    for number in range(1, plan.failovers + 1):
        figures.begin(f"failover {number}")
        pair.kill_primary()
        journal.note(f"Failover {number}: the standby took changes {pair.watch():.1f} s after the kill.")
        system.cluster = pair.primary
        time.sleep(plan.seconds)
        pair.protect()
        figures.begin(f"after failover {number}")
        time.sleep(plan.seconds)
    stopping.set()
    for thread in threads:
        thread.join(ENDS)
        if thread.is_alive():
            journal.found("not settled", f"{thread.name} did not finish within {ENDS} seconds")
    outages = ", ".join(f"{one:.1f}" for one in prober.outages)
    journal.note(f"Seconds without pages that are ready: {outages or 'none'}.")
    top_ups_made = {
        outcome: times for (kind, outcome), times in journal.operations.items() if kind == "top-up"
    }
    journal.note(
        f"Top-ups: {', '.join(f'{outcome} {times}' for outcome, times in sorted(top_ups_made.items()))}."
    )
    return calls


def _payer(
    person: stage.Person, plan: Plan, side: StripeSide, journal: Journal, stopping: threading.Event
) -> threading.Thread:
    chance = plan.chance(f"pays {person.email}")

    def pay() -> None:
        try:
            journal.happened("top-up", top_ups.top_up(person, chance, side))
        except (UnansweredError, *AWAY):
            journal.happened("top-up", "unanswered")

    return repeat(pay, 1.0, stopping, f"payer {person.email}")
