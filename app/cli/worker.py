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
from app.work.worker import EVERYTHING


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
@with_appcontext
def worker(chosen: Sequence[Queue]) -> None:
    """Run background jobs until stopped.

    Each queue has its own slots, so no queue waits for another, whether one process runs all of them or
    several share them.
    """
    problem = roles.what_is_wrong(db.session.connection())
    if problem is not None and current_app.config["SETTINGS"].is_production:
        raise click.ClickException(f"DATABASE_URL {problem}")
    db.session.rollback()
    jobs.run_worker(current_app._get_current_object(), queues=chosen)  # type: ignore[attr-defined]
