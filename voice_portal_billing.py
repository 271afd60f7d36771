"""The command of an installed package: everything that `flask` does in a checkout, and `serve`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from flask import Flask
from flask.cli import FlaskGroup

ROOT = Path(__file__).resolve().parent


def _load() -> Flask:
    from wsgi import app  # noqa: PLC0415 - it reads the settings, which `serve` leaves to its processes

    return app


cli = FlaskGroup(
    name="voice-portal-billing",
    create_app=_load,
    help="Voice Portal Billing & wallet: its server, its workers, and commands for operators.",
    add_version_option=False,
)


@cli.command(with_appcontext=False, context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def serve(options: Sequence[str]) -> None:
    """Serve pages, API and webhooks with gunicorn.

    The address comes from PORT and the number of processes from WEB_CONCURRENCY; OPTIONS are gunicorn's own.
    """
    settings = str(ROOT / "gunicorn.conf.py")
    words = [sys.executable, "-m", "gunicorn", "--config", settings, *options, "wsgi:app"]
    os.execv(sys.executable, words)  # noqa: S606 - the server takes this process over, and its signals


def main() -> None:
    """Run a command."""
    cli.main(prog_name="voice-portal-billing")
