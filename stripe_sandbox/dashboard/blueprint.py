"""The blueprint that the modules of this package add their routes to."""

from __future__ import annotations

from flask import Blueprint, current_app

from stripe_sandbox.sandbox import Sandbox

blueprint = Blueprint("dashboard", __name__, template_folder="templates")


def sandbox() -> Sandbox:
    """The stand-in that is shown."""
    found: Sandbox = current_app.extensions["stripe_sandbox"]
    return found
