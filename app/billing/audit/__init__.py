"""The audit trail: every change that a person or the application made, with who, what, when, and from where."""

from __future__ import annotations

from app.billing.audit.actors import display_name, name_for_reader
from app.billing.audit.entries import (
    AUTO_TOP_UP,
    OPERATOR,
    SIGN_IN_PAGE,
    STRIPE,
    WALLET,
    Action,
    Actor,
    record,
    record_once,
)

__all__ = [
    "AUTO_TOP_UP",
    "OPERATOR",
    "SIGN_IN_PAGE",
    "STRIPE",
    "WALLET",
    "Action",
    "Actor",
    "display_name",
    "meanwhile",
    "name_for_reader",
    "record",
    "record_once",
    "trail",
]
