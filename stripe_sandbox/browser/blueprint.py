"""The blueprint that the modules of this package add their routes to."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint

HERE = Path(__file__).parent

blueprint = Blueprint("browser", __name__, template_folder="templates")
