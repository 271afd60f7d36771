"""Findings over time: which are new, which are gone, which an operator has accepted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from app.clock import utc_now
from app.extensions import db, enqueue
from app.models import Finding

TOLD_AGAIN_AFTER = timedelta(days=1)
"""How long after an email about a finding the next one comes, where it is still there."""

_AS_IT_IS = {"populate_existing": True}


class UnknownFindingError(LookupError):
    """There is no finding about this object."""


def record(found: Mapping[str, str], *, is_everything: bool) -> dict[str, str]:
    """Write down what a run has found; those of it that no one has accepted. Enqueues the mail.

    Where the run has looked at everything, what it has not found is gone.
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
            _is_gone(one)
    db.session.flush()
    if _to_tell():
        enqueue("mail_operators")
    return {object_: text for object_, text in found.items() if not known[object_].is_accepted}


def still_there() -> list[Finding]:
    """All that are there, accepted or not, the oldest first."""
    there = select(Finding).where(Finding.gone_at.is_(None)).order_by(Finding.found_at, Finding.object)
    return list(db.session.scalars(there, execution_options=_AS_IT_IS))


def count() -> int:
    """How many are there that no one has accepted. One statement."""
    return sum(not one.is_accepted for one in still_there())


def accept(object_: str) -> Finding:
    """Leave a finding as it is: it is neither counted nor told of, until what is found becomes something else.

    Raises `UnknownFindingError`.
    """
    found = db.session.get(Finding, object_, populate_existing=True, with_for_update=True)
    if found is None or found.gone_at is not None:
        raise UnknownFindingError(object_)
    # What is found later instead of this is told of as if it was new.
    found.accepted_text, found.told_at = found.text, None
    db.session.flush()
    return found


def to_tell() -> tuple[list[Finding], list[Finding]]:
    """What operators are to be mailed of now: findings that are there, and those told of before that are gone."""
    found = _to_tell()
    return [one for one in found if one.gone_at is None], [one for one in found if one.gone_at is not None]


def told(objects: Mapping[str, str]) -> None:
    """Operators have been mailed of these, by object with the text that they were told."""
    for object_ in objects:
        one = db.session.get(Finding, object_, populate_existing=True, with_for_update=True)
        if one is None:
            continue
        if one.gone_at is not None:
            db.session.delete(one)
        else:
            one.told_at = utc_now()
    db.session.flush()


def _is_gone(one: Finding) -> None:
    """Who was never told of a finding need not be told that it is gone."""
    if one.told_at is None:
        db.session.delete(one)
    else:
        one.gone_at = utc_now()


def _to_tell() -> list[Finding]:
    latest = utc_now() - TOLD_AGAIN_AFTER
    every = db.session.scalars(select(Finding).order_by(Finding.found_at), execution_options=_AS_IT_IS)
    return [
        one
        for one in every
        if one.gone_at is not None or (not one.is_accepted and (one.told_at is None or one.told_at <= latest))
    ]
