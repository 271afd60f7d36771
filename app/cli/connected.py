"""Which database and Stripe a command is connected to, printed before it runs."""

from __future__ import annotations

from functools import wraps
from typing import Any

import click
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.engine import make_url

from app.payments.errors import StandInError
from config import Settings

SILENT = frozenset({"catalog check", "doctor"})
"""Commands that use neither the database nor Stripe, or that say themselves what they find there."""


def print_first(app: Flask, name: str) -> None:
    """Make a command, or each command of a group, print it to standard error."""
    _wrap(app.cli.commands[name], name)


def line(settings: Settings) -> str:
    """The database and Stripe, without passwords or keys."""
    return f"Connected to {database(settings)}, and to {stripe(settings)}."


def database(settings: Settings) -> str:
    """The name, host, and user of the database. Nothing else is shown, so that no secret leaks."""
    url = make_url(settings.database_url)
    place = url.host or " or ".join(_texts(url.query.get("host"))) or "the default socket"
    port = f":{url.port}" if url.port else ""
    user = f" as {url.username}" if url.username else ""
    return f"database {url.database or '(default)'} at {place}{port}{user}"


def stripe(settings: Settings) -> str:
    """Stripe's mode, or the address of the stand-in."""
    if not settings.uses_sandbox:
        return f"Stripe ({'live' if settings.stripe_is_live else 'test'} mode)"
    if settings.stripe_stand_in_id == "":
        return "no stand-in for Stripe (no demo is running)"
    whose = "" if settings.stripe_stand_in_id is None else " of the demo"
    return f"the stand-in for Stripe{whose} at {settings.stripe_api_base}"


def _texts(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def _wrap(command: click.Command, path: str) -> None:
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            _wrap(inner, f"{path} {name}")
        return
    callback = command.callback
    if callback is None or path in SILENT or hasattr(callback, "says_where"):
        return

    @wraps(callback)
    def said(*args: Any, **kwargs: Any) -> Any:
        app = click.get_current_context().ensure_object(ScriptInfo).load_app()
        settings: Settings = app.config["SETTINGS"]
        if settings.environment != "test":
            click.echo(line(settings), err=True)
        try:
            return callback(*args, **kwargs)
        except StandInError as error:
            raise click.ClickException(str(error)) from error

    said.says_where = True  # type: ignore[attr-defined]
    command.callback = said
