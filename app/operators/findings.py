"""Findings of reconciliation that an operator has looked at: by whom, when, and why they may stay."""

from __future__ import annotations

from app.models import Finding
from app.operators import trail
from app.operators.trail import Doer
from app.reconciliation import findings


def acknowledge(object_: str, doer: Doer, reason: str, *, seal: str | None = None) -> Finding:
    """Accept a finding: it is no longer reported, unless something else is found. In the caller's transaction.

    `seal` is that of the text that they have read. Raises `UnknownFindingError`, and `ChangedFindingError` where
    there is a `seal`.
    """
    found = findings.accept(object_, by=doer.name, reason=reason, seal=seal)
    trail.record(doer, "finding.acknowledged", found.object, reason=reason)
    return found
