"""What the dashboard says where there is no page, or a form came from elsewhere."""

from __future__ import annotations

from flask import Response
from werkzeug.exceptions import Forbidden, HTTPException, NotFound

from stripe_sandbox.dashboard.blueprint import blueprint
from stripe_sandbox.dashboard.pages import shown


@blueprint.errorhandler(NotFound)
@blueprint.errorhandler(Forbidden)
def say(error: HTTPException) -> Response:
    status = error.code or 500
    words = error.description if error.description != type(error).description else "This page doesn't exist."
    return shown(
        "problem.html", status=status, title="Not found" if status == 404 else "Refused", words=words
    )
