"""Section ledger: single transfers by four writers, beside pgledger on the same server.

pgledger (https://github.com/pgr0ss/pgledger) isn't part of this repository: PGLEDGER is the path of a copy of its
folder, with `pgledger.sql` and `vendor/`. Without it, the section says only what our own transfers take.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import psycopg
from flask import Flask
from sqlalchemy import make_url

from app.billing.wallet import ledger
from app.billing.wallet.ledger import Entry
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import AccountName, TransferKind
from app.money import Money
from benchmarks.backends import Backends
from benchmarks.figures import Figure, milliseconds
from benchmarks.rounds import Ready, in_turn
from benchmarks.stage import an_organization, application, conninfo, inside
from dev.database_roles import SUPERUSER
from dev.errors import ToolError

WRITERS = 4
EACH = 40
"""Calls of a writer in a round."""
A_CALL = 50
SPREAD = 200
LEAST_TIMES = 1.5

Shape = tuple[str, int, int]
"""What it is, how many accounts it moves between, and how many transfers a call has."""
SHAPES: tuple[Shape, ...] = (
    ("one hot wallet", 1, 1),
    (f"{SPREAD} wallets", SPREAD, 1),
    (f"{A_CALL} a call", SPREAD, A_CALL),
)


def measure(environment: Mapping[str, str]) -> Iterator[Figure]:
    """CPU of a transfer in each shape: of the writers and of their backends."""
    app = application(environment)
    with inside(app):
        ids = [an_organization(f"Ledger {number}", credit="1000").id for number in range(SPREAD)]
    backends = Backends(app)
    other = _Pgledger(environment) if os.environ.get("PGLEDGER") else None
    for what, accounts, of_a_call in SHAPES:
        calls = max(EACH // of_a_call, 3)
        count = WRITERS * calls * of_a_call
        writing = {"ours": _Ours(app, ids[:accounts], of_a_call).writing(calls)}
        if other is not None:
            for connection in other.writers:
                backends.note(connection)
            writing["pgledger"] = other.writing(accounts, of_a_call, calls)
        works: dict[str, Ready] = {name: (partial(list, (work,)), count) for name, work in writing.items()}
        seconds = in_turn(works, backends.cpu)
        yield _figure(what, seconds)


def _figure(what: str, seconds: Mapping[str, list[float]]) -> Figure:
    ours, theirs = seconds["ours"], seconds.get("pgledger")
    times = tuple(other / one for one, other in zip(ours, theirs, strict=True)) if theirs else ()
    return Figure(
        section="ledger",
        what=f"a transfer, {WRITERS} writers, {what}: CPU",
        measured=milliseconds(median(ours)) + (f" ({median(times):.2f} times pgledger)" if times else ""),
        floor=f"{milliseconds(median(theirs))} by pgledger" if theirs else "PGLEDGER names no copy of it",
        goal=f"at least {LEAST_TIMES:g} times",
        met=not times or median(times) >= LEAST_TIMES,
        rounds=times,
        more_is_better=True,
    )


class _Ours:
    """Writers who each post in transactions of their own."""

    def __init__(self, app: Flask, ids: list[UUID], of_a_call: int) -> None:
        self.app, self.ids, self.of_a_call = app, ids, of_a_call

    def writing(self, calls: int) -> Callable[[], None]:
        def writer(place: int) -> None:
            with inside(self.app):
                for number in range(calls):
                    org_id = self.ids[(place * calls + number) % len(self.ids)]
                    wallet = ledger.lock(org_id)
                    for _ in range(self.of_a_call):
                        ledger.post(wallet, _entry(wallet.currency))
                    db.session.commit()

        return lambda: _in_threads(writer)


def _entry(currency: str) -> Entry:
    debit, credit = AccountName.ADJUSTMENTS, AccountName.WALLET
    amount = Money(1_000, currency)
    return Entry(TransferKind.CREDIT, f"benchmark:{uuid7()}", debit, credit, amount, utc_now())


class _Pgledger:
    """pgledger in a schema of its own, with two accounts for each wallet of ours."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        folder = Path(os.environ["PGLEDGER"])
        files = [*sorted(folder.glob("vendor/*/*.sql")), folder / "pgledger.sql"]
        url = make_url(conninfo(environment)).set(username=SUPERUSER)
        address = url.render_as_string(hide_password=False).replace("+psycopg", "", 1)
        options = "-c search_path=pgledger,public"
        with psycopg.connect(address, autocommit=True, options=options) as owner:
            owner.execute("CREATE SCHEMA pgledger")
            try:
                for file in files:
                    owner.execute(file.read_text().encode())
            except OSError as error:
                raise ToolError(f"PGLEDGER has to be a copy of pgledger's folder: {error}") from None
            made = owner.execute(
                "SELECT (pgledger_create_account('account ' || n, 'USD')).id FROM generate_series(1, %s) n",
                [2 * SPREAD],
            ).fetchall()
        self.accounts = [row[0] for row in made]
        self.writers = [
            psycopg.connect(address, prepare_threshold=0, options=options) for _ in range(WRITERS)
        ]

    def writing(self, accounts: int, of_a_call: int, calls: int) -> Callable[[], None]:
        request = "(%s, %s, %s)::transfer_request"
        statement = f"SELECT * FROM pgledger_create_transfers({', '.join([request] * of_a_call)})"

        def writer(place: int) -> None:
            connection = self.writers[place]
            for number in range(calls):
                payer = (place * calls + number) % accounts
                values: list[Any] = [self.accounts[payer], self.accounts[payer + SPREAD], 0.001] * of_a_call
                connection.execute(statement, values).fetchall()
                connection.commit()

        return lambda: _in_threads(writer)


def _in_threads(writer: Callable[[int], None]) -> None:
    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(writer, range(WRITERS)))
