"""Gives an answer to a challenge the way stripe.js does: through the stand-in's own address for it."""

from __future__ import annotations

from typing import Any

from flask import current_app


def answer(intent: dict[str, Any], outcome: str) -> None:
    """Complete or fail what the bank asks for this intent. A decline that follows is kept in the intent."""
    form = {"client_secret": intent["client_secret"], "outcome": outcome}
    with current_app.test_client() as client:
        client.post(f"/_sandbox/challenges/{intent['id']}", data=form)
