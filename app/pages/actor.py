"""Who acts, for the audit trail."""

from __future__ import annotations

from flask import request

from app.billing.audit import Actor
from app.web.identity import current_identity


def current_actor() -> Actor:
    """The person signed in, and the address they come from."""
    user = current_identity().user
    return Actor(user.email, user.id, request.remote_addr)
