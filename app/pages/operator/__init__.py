"""The operators' console at `/operator`, in English only: served where the settings say so, and nowhere else."""

from __future__ import annotations

from flask import Flask

from app.pages.operator import (  # noqa: F401 - their routes
    activity,
    again,
    credit,
    events,
    findings,
    joining,
    organizations,
    refusals,
    sign_in,
)
from app.pages.operator.blueprint import blueprint


def init_app(app: Flask) -> None:
    """Serve the console, if this process is to."""
    if app.config["SETTINGS"].operator_console:
        app.register_blueprint(blueprint)
        refusals.init_app(app)
