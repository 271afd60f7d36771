"""`flask worker`: run background jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from app import jobs, queues
from app.database import roles
from app.extensions import db
from app.queues import GROUPS, Queue
from app.work import metrics_port
from app.work.worker import EVERYTHING, until_available


class Queues(click.ParamType[Sequence[Queue]]):
    """Names of queues or groups of queues, separated by commas."""

    name = "queues"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Sequence[Queue]:
        if not isinstance(value, str):
            return tuple(value)
        try:
            return queues.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class MetricsAddress(click.ParamType[tuple[str, int]]):
    """A host and a port."""

    name = "host:port"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        host, _, port = str(value).rpartition(":")
        if not (host and port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
            self.fail(f"{value!r} is no host and port like 127.0.0.1:9464.", param, ctx)
        return host.strip("[]"), int(port)


@click.command()
@click.option(
    "--queues",
    "chosen",
    type=Queues(),
    default=EVERYTHING,
    show_default="all",
    help=f"Only these groups, separated by commas: {', '.join(GROUPS)}; or single queues: "
    f"{', '.join(Queue)}.",
)
@click.option(
    "--metrics",
    "metrics_address",
    type=MetricsAddress(),
    help="Serve /metrics at this address, such as 127.0.0.1:9464; METRICS_TOKEN guards it if set.",
)
@with_appcontext
def worker(chosen: Sequence[Queue], metrics_address: tuple[str, int] | None) -> None:
    """Run background jobs until stopped.

    Each queue has its own slots, so no queue waits for another, whether one process runs all of them or
    several share them.
    """
    problem = until_available(lambda: roles.what_is_wrong(db.session.connection()))
    if problem is not None and current_app.config["SETTINGS"].is_production:
        raise click.ClickException(f"DATABASE_URL {problem}")
    db.session.rollback()
    if metrics_address is not None:
        metrics_port.serve(*metrics_address, current_app.config["SETTINGS"].metrics_token)
    jobs.run_worker(current_app._get_current_object(), queues=chosen)  # type: ignore[attr-defined]
