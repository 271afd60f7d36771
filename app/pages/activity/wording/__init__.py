"""The texts of the audit trail: the label of each action, its kind, and which details are shown.

Only what is listed here is shown: details may contain information for operators, such as a bank's reason for a final
decline.
"""

from __future__ import annotations

from typing import get_args

from app.billing.audit import Action
from app.language import marked
from app.pages.activity.wording import (
    alerts,
    auto_top_ups,
    limits,
    money,
    organization,
    plans,
    set_aside,
    sign_in,
)
from app.pages.activity.wording.parts import ActionWording, subject

__all__ = ["KINDS", "WORDS", "ActionWording", "actions_of", "find_wording"]

KINDS = {
    "cards": marked("Cards"),
    "top_ups": marked("Top-ups"),
    "set_aside": marked("Envelopes and reserve"),
    "alerts": marked("Credit alerts"),
    "plan": marked("Plan"),
    "limits": marked("Limits"),
    "details": marked("Billing details"),
    "people": marked("People"),
    "sign_in": marked("Sign-in"),
    "organization": marked("Organization"),
    "tokens": marked("API tokens"),
}
"""The kinds to filter by."""

WORDS: dict[Action, ActionWording] = {
    **alerts.WORDS,
    **auto_top_ups.WORDS,
    **limits.WORDS,
    **money.WORDS,
    **organization.WORDS,
    **plans.WORDS,
    **set_aside.WORDS,
    **sign_in.WORDS,
}

_KNOWN: dict[str, ActionWording] = {str(action): words for action, words in WORDS.items()}


def find_wording(action: str) -> ActionWording:
    """The wording of an action; one recorded by an older version is shown as recorded."""
    return _KNOWN.get(action) or ActionWording(
        "organization", action.replace(".", ": ").replace("_", " "), subject
    )


def actions_of(kind: str) -> frozenset[str]:
    """The actions of a kind."""
    return frozenset(action for action in get_args(Action) if find_wording(action).kind == kind)
