"""Where the pages about spending limits are."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("limits", __name__, url_prefix="/billing/wallet/limits")
