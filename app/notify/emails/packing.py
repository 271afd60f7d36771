"""Packs the facts of an email for the outbox, and restores them."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import msgspec

from app.notify.emails import (
    accounts,
    alerts,
    auto_top_ups,
    envelopes,
    granted_credit,
    limits,
    plans,
    top_ups,
)
from app.notify.emails.email import Email
from app.prepared import prepare


def _kinds_in(room: ModuleType) -> dict[str, type[Email]]:
    """The kinds of email that a room defines, by name; what kinds have in common isn't one."""
    found = [one for one in vars(room).values() if isinstance(one, type) and issubclass(one, Email)]
    return {one.kind: one for one in found if hasattr(one, "kind")}


_ROOMS = (accounts, alerts, auto_top_ups, envelopes, granted_credit, limits, plans, top_ups)
_KINDS = {kind: one for room in _ROOMS for kind, one in _kinds_in(room).items()}

prepare(*_KINDS.values())


def pack(email: Email) -> dict[str, Any]:
    """The facts as JSON."""
    packed: dict[str, Any] = msgspec.to_builtins(email)
    return packed


def unpack(kind: str, facts: dict[str, Any]) -> Email:
    """Restore the facts. Raises `KeyError` for an unknown kind, `msgspec.ValidationError` for facts that don't fit
    the kind."""
    return msgspec.convert(facts, _KINDS[kind], strict=False)


def kind(name: str) -> type[Email]:
    """The class of a kind. Raises `KeyError` for an unknown one."""
    return _KINDS[name]
