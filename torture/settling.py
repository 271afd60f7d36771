"""Letting everything settle: trouble ends, what was held back is delivered, and each wait is for a condition."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

import psycopg

from dev.errors import ToolError
from torture import under_way
from torture.journal import Journal
from torture.stripe_side import AWAY, StripeSide
from torture.system import System
from torture.trouble.faults import until_up
from torture.trouble.processor import decide, is_open

QUEUE = """
SELECT count(*) FROM procrastinate_jobs
WHERE status = 'doing' OR status = 'todo' AND coalesce(scheduled_at, now()) <= now()"""
EVENTS = "SELECT count(*) FROM stripe_event WHERE state = 'received'"
MESSAGES = "SELECT count(*) FROM platform_delivery WHERE state = 'waiting'"
PAYING = "SELECT count(*) FROM top_up WHERE status = 'paying'"
SWITCHING = "SELECT count(*) FROM plan_switch WHERE status = 'switching'"
LEASES = "SELECT count(*) FROM hold WHERE state = 'active'"


def settle(system: System, side: StripeSide, chance: Random, journal: Journal, seconds: int) -> None:
    """Wait until nothing is under way any more, for so many seconds at most; what is then, is a finding."""
    end = time.monotonic() + seconds
    if not until_up(system, seconds):
        journal.found("not settled", "/readyz does not answer with 200")
        return
    _calm(side, chance, journal, end)
    conditions: dict[str, Callable[[], int]] = {
        "events wait at the stand-in": lambda: _waiting(side),
        "Stripe events are not handled": lambda: _count(system, EVENTS),
        "top-ups are paying": lambda: _count(system, PAYING),
        "plan switches are under way": lambda: _count(system, SWITCHING),
        "leases are open": lambda: _count(system, LEASES),
        "messages wait for a receiver": lambda: _count(system, MESSAGES),
    }
    is_settled = True
    for what, count in conditions.items():
        is_settled &= _until_none(what, count, journal, end)
    _reconcile(system, side, journal)
    conditions["jobs are due or under way"] = lambda: _count(system, QUEUE)
    for what, count in conditions.items():
        is_settled &= _until_none(what, count, journal, max(end, time.monotonic() + 30))
    if not is_settled:
        with system.connect() as connection:
            journal.note(under_way.describe(connection))


def _reconcile(system: System, side: StripeSide, journal: Journal) -> None:
    """Nothing differs from Stripe but what is for an operator to decide: what a lost dispute means for a plan."""
    try:
        try:
            system.flask("stripe", "reconcile")
        except ToolError:
            for dispute in side.all("disputes"):
                if dispute.status == "lost" and _is_found(system, dispute.id):
                    system.flask("stripe", "accept", dispute.id)
                    journal.happened("disputed plan accepted")
            system.flask("stripe", "reconcile")
        journal.happened("reconciled")
    except ToolError as error:
        journal.found("reconciliation failed", str(error))


def _is_found(system: System, dispute_id: str) -> bool:
    with system.connect() as connection:
        found = connection.execute(
            "SELECT 1 FROM finding WHERE object = %s AND gone_at IS NULL", [dispute_id]
        )
        return found.fetchone() is not None


def _calm(side: StripeSide, chance: Random, journal: Journal, end: float) -> None:
    """No more faults, every dispute decided, every refund settled, every webhook delivered."""
    while time.monotonic() < end:
        try:
            side.control.clear_faults()
            for dispute in side.all("disputes"):
                if is_open(dispute):
                    journal.happened("dispute decided", decide(side, dispute, chance))
            side.control.run_scheduled()
            side.control.set_webhooks("deliver")
        except AWAY:
            time.sleep(0.5)
        else:
            return
    journal.found("not settled", "the stand-in does not answer")


def _waiting(side: StripeSide) -> int:
    """Those that were refused often wait for minutes until the next try: it is made now."""
    left = sum(1 for event in side.all("events") if event.pending_webhooks)
    if left:
        side.control.flush()
    return left


def _until_none(what: str, count: Callable[[], int], journal: Journal, end: float) -> bool:
    """Wait until there is none of it, until `end` (monotonic); looked for once even where the time is over."""
    while True:
        try:
            left = str(count())
        except (*AWAY, psycopg.OperationalError):
            left = "an unknown number of"
        if left == "0":
            return True
        if time.monotonic() >= end:
            journal.found("not settled", f"{left} {what}")
            return False
        time.sleep(0.5)


def _count(system: System, query: str) -> int:
    with system.connect() as connection:
        row = connection.execute(query.encode()).fetchone()
    return int(str(row[0])) if row else 0
