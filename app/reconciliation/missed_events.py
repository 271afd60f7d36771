"""Events of Stripe's that never arrived: stored and handled as if they had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import select

from app.extensions import db
from app.models import EventState, StripeEvent
from app.payments import events
from app.payments.events import Notice
from app.reconciliation.report import Report
from app.stripe_events import handling, inbox
from app.transaction import transaction

_TOGETHER = 500
_SPARE = timedelta(seconds=5)


def recover(report: Report, *, last_id: str | None, since: datetime) -> Iterator[str]:
    """Store and handle missing events; yields the last event id of each batch, from which the next run continues.

    Starts after `last_id`, or from `since` if there is none or Stripe no longer has it. Commits. Raises what
    `app.payments` raises.
    """
    notices = _following(last_id, since)
    while some := list(islice(notices, _TOGETHER)):
        known = _known(notice.id for notice in some)
        for notice in some:
            report.checked["events"] += 1
            if notice.id not in known and not handling.why_unused(notice.type, livemode=notice.livemode):
                _recover(report, notice)
        yield some[-1].id


def _following(last_id: str | None, since: datetime) -> Iterator[Notice]:
    if last_id is not None:
        try:
            yield from events.after(last_id)
            return
        except events.UnknownEventError:
            pass
    yield from events.created_since(since)


def _known(ids: Iterable[str]) -> set[str]:
    return set(db.session.scalars(select(StripeEvent.id).where(StripeEvent.id.in_(list(ids)))))


def _recover(report: Report, notice: Notice) -> None:
    with report.about("missed_events", notice.id):
        with transaction():
            is_new = inbox.store(notice, handled_after=handling.CLAIMED_FOR + _SPARE)
        if not is_new:
            return
        state = handling.handle(notice.id)
        end = "handled" if state is not EventState.RECEIVED else "will be retried"
        report.fix(notice.id, f"{notice.type} of {notice.object_id} had not arrived: stored, and {end}.")
