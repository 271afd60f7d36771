"""The least that makes the same page: a bare Flask route, its rows by raw psycopg, its compiled template."""

from __future__ import annotations

from typing import Any
from unittest import mock

import psycopg
from flask import Flask, g

from app.clock import clock
from benchmarks.recording import Recording
from dev.errors import ToolError


def bare_application(app: Flask, seen: Recording, conninfo: str, path: str) -> Flask:
    """An application with one route and nothing around it: no session, no sign-in, no domain, no ORM, no headers.

    It runs the recorded statements in one connection, reads all their rows, and renders the recorded template.
    """
    template = seen.template
    if template is None:
        raise ToolError(f"{path} rendered no template, so it has no floor to be measured against.")
    context: dict[str, Any] = {**seen.context, "csrf_token": lambda: "0" * 91}
    bare = Flask("floor", static_folder=None)
    # What the template asks for while it renders: addresses of routes and settings.
    bare.config.update(app.config)
    bare.extensions.update(app.extensions)
    for rule in app.url_map.iter_rules():
        bare.url_map.add(rule.empty())
    bare.testing = True  # lets an error through instead of making a page of it
    connection = psycopg.connect(conninfo)

    viewer = seen.context.get("current_user")

    def show() -> str:
        g._login_user = viewer  # known, not looked up: the filters ask for the viewer's zone
        for statement, parameters in seen.statements:
            cursor = connection.execute(statement, parameters)
            if cursor.description is not None:
                cursor.fetchall()
        connection.rollback()
        # What the template works out from now has no session here to ask for the time.
        with mock.patch.object(clock, "ask", lambda: None):
            return template.render(context)

    bare.add_url_rule("/floor", view_func=show)
    return bare
