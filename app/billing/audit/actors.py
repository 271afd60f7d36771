"""The names of actors, as people read them on pages and in emails."""

from __future__ import annotations

_NAMES = {
    "operator": "Voice Portal operator",
    "identity provider": "Identity provider",
    "auto top-up": "Auto top-up",
    "stripe": "Payment processor",
    "wallet": "The wallet",
    "alerts": "Credit alerts",
    "sign-in page": "Someone who wasn't signed in",
}


def display_name(actor: str) -> str:
    """The name of an actor: an email address, a program by its token's name, or a part of the service."""
    if actor.startswith("token "):
        return f"API token “{actor.removeprefix('token ')}”"
    return _NAMES.get(actor, actor)
