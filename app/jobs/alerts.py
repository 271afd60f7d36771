"""Tasks about alerts: what credit has reached, who is told, and the weekly digest."""

from __future__ import annotations

from uuid import UUID

from app.billing.alerts import deliveries, digests, judging, sweeps
from app.clock import utc_now
from app.models.scope import Reason, scoped_to, seeing_all
from app.one_by_one import one_by_one
from app.work.missing import enqueue_missing
from app.work.tasks import for_organization, in_app, periodic, task

_DIGEST_SECONDS = 600
"""How long writing digests takes at most; the rest is left for the next time."""


@task("judge_alerts")
@for_organization
def judge_alerts(org_id: str) -> None:
    """Tell people of levels that credit has reached, and of recovery."""
    judging.judge(UUID(org_id))


@task("send_alerts")
@for_organization
def send_alerts(org_id: str, channel_id: str) -> None:
    """Send what waits for a chat or a webhook."""
    deliveries.drain(UUID(org_id), UUID(channel_id))


@task("send_text_messages")
@for_organization
def send_text_messages(org_id: str, channel_id: str) -> None:
    """Send what waits for a phone."""
    deliveries.drain(UUID(org_id), UUID(channel_id))


@periodic("sweep_alerts", cron="* * * * *")
@in_app
@seeing_all(Reason.SWEEP)
def sweep_alerts(**_: int) -> None:
    """Every minute, look at forecasts and at levels that were reached, and send what a killed process left behind."""
    enqueue_missing("judge_alerts", ({"org_id": str(one)} for one in sweeps.find_judged()), key="org_id")
    for org_id, channel_id, kind in sweeps.find_stale():
        arguments = {"org_id": str(org_id), "channel_id": str(channel_id)}
        enqueue_missing(sweeps.task_of(kind), [arguments], key="channel_id")


@periodic("write_digests", cron="7 * * * *")
@in_app
@seeing_all(Reason.SWEEP)
def write_digests(**_: int) -> None:
    """Every hour, write the digests of organizations where Monday morning has come."""
    now = utc_now()

    def write(org_id: UUID) -> None:
        with scoped_to(org_id):
            digests.write(org_id, now=now)

    one_by_one("write_digests", digests.find_due(now), write, seconds=_DIGEST_SECONDS)
