"""Tasks that count what pages and forecasts read, so that nothing else has to."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from app.billing import forecast, hours
from app.billing.activity import rollups
from app.billing.usage import totals
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from app.models.scope import Reason, scoped_to, seeing_all
from app.one_by_one import each_alone
from app.transaction import transaction
from app.work.tasks import in_app, periodic

log = structlog.get_logger("billing.jobs")

_SECONDS = 50
"""How long a look at all organizations takes at most; the rest is left for the next time."""
_NIGHTLY_SECONDS = 1800
_RECOUNTED = timedelta(days=40)
"""How far back totals are compared with what was charged."""


@periodic("count_hours", cron="* * * * *")
@in_app
@seeing_all(Reason.SWEEP)
def count_hours(**_: int) -> None:
    """Every minute, count the hours of spend that are over, of each organization that spent anything, and forecast
    from them; and make again what a day has made old."""
    now = utc_now()
    due = set(hours.find_due(now))

    def count(org_id: UUID) -> None:
        is_more = org_id in due
        while is_more:
            with transaction(), scoped_to(org_id):
                is_more = hours.count(org_id, now=now)
        with transaction(), scoped_to(org_id):
            forecast.refresh(org_id, now=now)

    each_alone("count_hours", due | set(forecast.find_stale(now)), count, seconds=_SECONDS)


@periodic("roll_up", cron="* * * * *")
@in_app
@seeing_all(Reason.SWEEP)
def roll_up(**_: int) -> None:
    """Every minute, add up what was used and posted by day, for filters and comparisons."""
    until = utc_now() - rollups.LAG

    def one(org_id: UUID) -> None:
        with scoped_to(org_id):
            rollups.roll_up(org_id, until=until)

    each_alone("roll_up", rollups.find_behind(until), one, seconds=_SECONDS)


@periodic("recount_rollups", cron="41 3 * * *")
@in_app
@seeing_all(Reason.NIGHTLY)
def recount_rollups(**_: int) -> None:
    """Every night, add up days again that were added up before all of their usage was there, or that differ from what
    was charged."""
    first = utc_now().date() - _RECOUNTED

    def one(org_id: UUID) -> None:
        with scoped_to(org_id):
            if days := rollups.recount_differing(org_id):
                log.info("rollups_recounted", organization=str(org_id), days=days)
            with transaction():
                if days := totals.recount_differing(org_id, first=first):
                    log.error("totals_recounted", organization=str(org_id), days=days)

    org_ids = db.session.scalars(select(Organization.id)).all()
    each_alone("recount_rollups", org_ids, one, seconds=_NIGHTLY_SECONDS)
