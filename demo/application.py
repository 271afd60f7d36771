"""The application with what only the demo has: commands, pages with its emails, and a check of the stand-in."""

from __future__ import annotations

from flask import Flask

import app as product
from app.cli import connected
from app.extensions import csrf
from app.payments import http_client
from config import Settings
from demo import components, dev_chat, dev_mail
from demo.cli.demo import demo
from demo.cli.simulate import simulate
from demo.stand_in import StandIn


def create_app(settings: Settings) -> Flask:
    """The product and the demo's parts; in production the product only."""
    app = product.create_app(settings)
    if settings.is_production:
        return app
    with app.app_context():
        http_client.before_each(StandIn.of(settings).require)
    app.register_blueprint(dev_mail.blueprint)
    app.register_blueprint(dev_chat.blueprint)
    app.register_blueprint(components.blueprint)
    csrf.exempt(dev_chat.blueprint)
    for command in (demo, simulate):
        app.cli.add_command(command)
        connected.print_first(app, command.name or "")
    return app
