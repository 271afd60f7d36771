"""Findings over time: which are new, which are resolved, which an operator has accepted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from app.clock import utc_now
from app.extensions import db, enqueue
from app.models import Finding

REMIND_AFTER = timedelta(days=1)
"""How long after an email about an open finding the next one is sent."""

_AS_IT_IS = {"populate_existing": True}


class UnknownFindingError(LookupError):
    """There is no finding about this object."""


class ChangedFindingError(Exception):
    """It isn't as it was when it was read: it says something else, or someone has accepted it."""


def record(found: Mapping[str, str], *, is_everything: bool) -> dict[str, str]:
    """Record what a run has found, enqueue the email, and return the findings that no one has accepted.

    If the run compared everything, what it has not found is resolved.
    """
    now = utc_now()
    known = {one.object: one for one in db.session.scalars(select(Finding), execution_options=_AS_IT_IS)}
    for object_, text in found.items():
        if object_ not in known:
            known[object_] = Finding(object=object_, text=text, found_at=now)
            db.session.add(known[object_])
        known[object_].text, known[object_].gone_at = text, None
    for object_, one in known.items():
        if is_everything and object_ not in found and one.gone_at is None:
            _resolve(one)
    db.session.flush()
    if _pending():
        enqueue("mail_operators")
    return {object_: text for object_, text in found.items() if not known[object_].is_accepted}


def list_open() -> list[Finding]:
    """Open findings, accepted or not, oldest first."""
    there = select(Finding).where(Finding.gone_at.is_(None)).order_by(Finding.found_at, Finding.object)
    return list(db.session.scalars(there, execution_options=_AS_IT_IS))


def count() -> int:
    """How many open findings no one has accepted. One statement."""
    return sum(not one.is_accepted for one in list_open())


def accept(object_: str, *, by: str, reason: str, seal: str | None = None) -> Finding:
    """Accept a finding: it is neither counted nor reported, unless its text changes. `by` and `reason` are who does,
    and why it may stay. `seal` is that of the text that was read.

    Raises `UnknownFindingError`, and `ChangedFindingError` where there is a `seal`.
    """
    found = db.session.get(Finding, object_, populate_existing=True, with_for_update=True)
    if found is None or found.gone_at is not None:
        raise UnknownFindingError(object_)
    if seal is not None and (found.is_accepted or found.seal != seal):
        raise ChangedFindingError(object_)
    # If its text changes later, it is reported as if it were new.
    found.accepted_text, found.told_at = found.text, None
    found.accepted_by, found.accepted_at, found.accepted_reason = by, utc_now(), reason
    db.session.flush()
    return found


def pending_notifications() -> tuple[list[Finding], list[Finding]]:
    """What operators have to be notified of now: open findings, and reported ones that are resolved."""
    found = _pending()
    return [one for one in found if one.gone_at is None], [one for one in found if one.gone_at is not None]


def mark_notified(objects: Mapping[str, str]) -> None:
    """Record that operators were notified of these: the text they were sent, by object."""
    for object_ in objects:
        one = db.session.get(Finding, object_, populate_existing=True, with_for_update=True)
        if one is None:
            continue
        if one.gone_at is not None:
            db.session.delete(one)
        else:
            one.told_at = utc_now()
    db.session.flush()


def _resolve(one: Finding) -> None:
    """Operators who were never notified of a finding need not hear that it is resolved."""
    if one.told_at is None:
        db.session.delete(one)
    else:
        one.gone_at = utc_now()


def _pending() -> list[Finding]:
    latest = utc_now() - REMIND_AFTER
    every = db.session.scalars(select(Finding).order_by(Finding.found_at), execution_options=_AS_IT_IS)
    return [
        one
        for one in every
        if one.gone_at is not None or (not one.is_accepted and (one.told_at is None or one.told_at <= latest))
    ]
