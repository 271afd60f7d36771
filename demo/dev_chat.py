"""`/dev/chat`: takes the demo's alerts in place of Slack, Teams or a webhook; `/dev/mail` shows them.

Only in the demo and in tests: `demo.application` registers it nowhere else.
"""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("dev_chat", __name__, url_prefix="/dev/chat")


@blueprint.post("/<name>")
def receive(name: str) -> str:  # noqa: ARG001 - any name is one
    """Accept a message, as Slack does."""
    return "ok"
