"""The stand-in as a WSGI application."""

from __future__ import annotations

from flask import Flask

from stripe_sandbox import api, browser, control, control_time, dashboard, documents, resources, scheduled  # noqa: F401, resources register themselves
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.settings import Settings

LARGEST_BODY = 1_000_000
"""Bytes; what the API takes is far smaller."""


def create_app(settings: Settings) -> Flask:
    """The stand-in; its events are delivered from a thread of its own."""
    app = Flask(__name__, static_folder=None)
    sandbox = Sandbox(settings)
    app.extensions["stripe_sandbox"] = sandbox
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.register_blueprint(api.blueprint)
    app.register_blueprint(control.blueprint)
    app.register_blueprint(browser.blueprint)
    app.register_blueprint(documents.blueprint)
    app.register_blueprint(dashboard.blueprint)
    sandbox.delivery.start()
    scheduled.start(sandbox)
    return app
