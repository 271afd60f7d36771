"""Where the pages about credit that is set aside are."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("set_aside", __name__, url_prefix="/billing/wallet/set-aside")
