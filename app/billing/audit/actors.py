"""The names of actors, as people read them on pages and in emails."""

from __future__ import annotations

from app.language import gettext, marked, translated
from app.language.stored import for_storage

_NAMES = {
    "operator": marked("Voice Portal operator"),
    "identity provider": marked("Identity provider"),
    "auto top-up": marked("Auto top-up"),
    "stripe": marked("Payment processor"),
    "wallet": marked("The wallet"),
    "alerts": marked("Credit alerts"),
    "sign-in page": marked("Someone who wasn't signed in"),
}


def display_name(actor: str) -> str:
    """The name of an actor: an email address, a program by its token's name, an operator, or a part of the service.
    In English, as emails store it."""
    with for_storage():
        return name_for_reader(actor)


def name_for_reader(actor: str) -> str:
    """The same in the reader's language."""
    if actor.startswith("token "):
        return gettext("API token “%(name)s”", name=actor.removeprefix("token "))
    if actor.startswith("operator "):
        return gettext("Voice Portal operator %(name)s", name=actor.removeprefix("operator "))
    return translated(_NAMES[actor]) if actor in _NAMES else actor
