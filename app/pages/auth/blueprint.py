"""The blueprint of signing in, which its files share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("auth", __name__)
