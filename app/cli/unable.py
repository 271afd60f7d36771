"""Commands where the application can't start: only `flask doctor`, which says why."""

from __future__ import annotations

import sys
from typing import NoReturn

import click
from flask import Flask
from flask.cli import AppGroup

from app.cli.doctor import doctor
from environ import SettingsError


class _OnlyDoctor(AppGroup):
    """Any other command ends with what kept the application from starting."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error
        self.add_command(doctor)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        found = super().get_command(ctx, cmd_name)
        return found if found is not None else give_up(self._error)


def only_doctor(error: Exception) -> Flask:
    """An application for the `flask` command that has nothing but `doctor`. A server ends here, with the error."""
    if click.get_current_context(silent=True) is None:
        give_up(error)
    app = Flask("billing", static_folder=None)
    app.cli = _OnlyDoctor(error)
    return app


def give_up(error: Exception) -> NoReturn:
    """End the program: with one line where a setting is wrong, else with the error itself."""
    if isinstance(error, SettingsError):
        sys.exit(f"Can't start: {error}")
    raise error
