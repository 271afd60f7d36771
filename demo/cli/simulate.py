"""`flask simulate`: simulate the platform, over the real API."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import uuid4

import click
from flask import current_app

from app.billing import catalog
from app.billing.catalog import CatalogError
from app.cli import table
from app.cli.context import for_operators
from app.money import Money, MoneyError
from app.people.organizations import PeopleError
from demo import simulation
from demo.simulator import levels, outlook, reconciliation, workload
from demo.simulator.calls import UnexpectedAnswerError
from demo.simulator.campaigns import USUAL, Organization
from demo.simulator.client import Client, UnreachableError
from demo.simulator.reconciliation import Comparison
from demo.simulator.reporting import RefusedError
from demo.simulator.tally import Tally
from demo.simulator.workload import Score

_LOST = 0.03
_PATIENCE_AT_THE_END = 3
_HEADINGS = ("ORGANIZATION", "CALLS", "ANSWERED", "REFUSED", "EVENTS", "COST", "COUNTS")


@click.command()
@click.option("--url", help="The address of the service. Default: PUBLIC_URL.")
@click.option("--organization", "slugs", multiple=True, help="An existing one (short name).")
@click.option(
    "--organizations", "count", default=2, show_default=True, help="Otherwise, how many new ones to create."
)
@click.option("--lines", default=4, show_default=True, help="Concurrent calls per organization.")
@click.option("--seconds", default=60.0, show_default=True, help="How long to start calls; 0: until stopped.")
@click.option("--speed", default=60.0, show_default=True, help="Call seconds per real second.")
@click.option("--between", default=0.0, show_default=True, help="Seconds between calls on a line.")
@click.option(
    "--every", default=0.5, show_default=True, help="Seconds between usage reports and status requests."
)
@click.option(
    "--credit",
    default="5",
    show_default=True,
    help="Credit for new organizations, granted again when paused.",
)
@click.option("--patience", default=60.0, show_default=True, help="Request timeout in seconds.")
@click.option("--seed", type=int, help="Random seed, to repeat the same calls.")
@click.option(
    "--trouble/--no-trouble", default=True, help="Lose responses, send duplicates, corrections, and gaps."
)
@for_operators
def simulate(**options: Any) -> None:
    """Simulate the Voice Portal: agents that make and take calls, with holds, renewals, and usage.

    Pauses are respected until credit is back. At the end, its own counts are compared with the service's;
    exits with 1 if they differ. Nothing else may report usage of these organizations in the meantime.
    """
    asked = Options(**options)
    try:
        with simulation.token() as token:
            compared = _play(asked, token)
    except (MoneyError, PeopleError, CatalogError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    except (UnreachableError, UnexpectedAnswerError, RefusedError) as error:
        raise click.ClickException(f"{error} Nothing was compared.") from error
    sys.exit(0 if all(one.is_equal for one in compared) else 1)


@dataclass(frozen=True, slots=True)
class Options:
    """The command-line options."""

    url: str | None
    slugs: tuple[str, ...]
    count: int
    lines: int
    seconds: float
    speed: float
    between: float
    every: float
    credit: str
    patience: float
    seed: int | None
    trouble: bool

    @property
    def score(self) -> Score:
        return Score(self.lines, self.seconds or None, self.speed, self.between, self.trouble, seed=self.seed)

    def client(self, token: str) -> Client:
        address = self.url or current_app.config["SETTINGS"].public_url
        lost = _LOST if self.trouble else 0
        return Client(address, token, patience=self.patience, lost=lost, chance=Random(self.seed))  # noqa: S311


def _play(asked: Options, token: str) -> list[Comparison]:
    client = asked.client(token)
    if asked.slugs:
        fund = None
        players = [simulation.player(slug) for slug in asked.slugs]
    else:
        amount = Money.parse(asked.credit, catalog.current().currency)
        fund = simulation.credit(current_app._get_current_object(), amount)  # type: ignore[attr-defined]
        players = [_new(client) for _ in range(asked.count)]
        for player in players:
            fund(player.id)
            levels.set_levels(client, player.id, amount.decimal)
    opened = {player.id: reconciliation.opening(client, player) for player in players}
    tally = Tally()
    with _until_ended(client) as stopping:
        try:
            workload.play(client, players, asked.score, tally, stopping=stopping, say=click.echo, fund=fund)
            compared = [_compare(client, player, tally, opened[player.id]) for player in players]
            for player in players:
                click.echo(f"{player.name}: {outlook.describe(client, player)}")
        except UnreachableError:
            if not stopping.is_set():
                raise
            click.echo("Stopped, and the service has stopped too: counts were not compared.")
            return []
    _show(compared, tally, client)
    return compared


@contextmanager
def _until_ended(client: Client) -> Iterator[threading.Event]:
    """Set by Ctrl-C or SIGTERM: calls in progress end, and the counts are compared if the service responds."""
    stopping = threading.Event()

    def end(*_: object) -> None:
        client.patience = _PATIENCE_AT_THE_END
        stopping.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _new(client: Client) -> Organization:
    org_id = uuid4()
    name = f"Simulated {org_id.hex[:6]}"
    answer = client.put(f"/organizations/{org_id}", {"name": name, "timezone": "UTC"})
    if not answer.is_good:
        raise UnexpectedAnswerError(f"{answer.status}: {answer.body}")
    return Organization(org_id, name, USUAL)


def _compare(client: Client, player: Organization, tally: Tally, opened_at: int) -> Comparison:
    plan = client.get(f"/organizations/{player.id}/entitlements").body["plan"]
    prices = simulation.price_list(plan["key"], plan["version"])
    return reconciliation.compare(client, player, tally, prices, opened_at=opened_at)


def _show(compared: list[Comparison], tally: Tally, client: Client) -> None:
    rows = []
    for one in compared:
        org_id = one.organization.id
        counts = [str(tally.count(org_id, what)) for what in ("started", "answered", "refused")]
        cost = f"{one.cost / 1_000_000:.6f}"
        rows.append(
            (one.organization.name, *counts, str(one.events), cost, "equal" if one.is_equal else "DIFFER")
        )
    table.show(_HEADINGS, rows)
    click.echo(f"{client.sent_again} requests were sent again.")
    for one in compared:
        for difference in one.differences:
            click.echo(f"{one.organization.name}: {difference}")
