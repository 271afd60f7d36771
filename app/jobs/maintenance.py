"""The work of the night: the whole ledger is checked, and what is old is thrown away; and what may wait a little."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import structlog
from flask import current_app

from app import metrics, reconciliation, retention
from app.billing import hours
from app.billing.credit import catching_up
from app.billing.plans import number_rent
from app.billing.subscriptions import switches
from app.billing.usage import rejections
from app.billing.usage import retention as usage_retention
from app.billing.wallet import verification
from app.clock import utc_now
from app.extensions import enqueue
from app.models.scope import Reason, seeing_all
from app.one_by_one import each_alone, one_by_one
from app.operators import sessions as operator_sessions
from app.people import own_trail, sessions, used_tokens
from app.people.external import visits
from app.people.factors import challenges, pending_sign_ins, reencryption
from app.stripe_events import review
from app.transaction import transaction
from app.web import rate_limits, stored_responses
from app.web.identity import session_limits
from app.work import job_status
from app.work.tasks import in_app, periodic, task
from config import Settings

log = structlog.get_logger("billing.jobs")

_NIGHTLY_SECONDS = 3600
"""How long all of it takes at most; the rest is left for the next time."""
_PART_SECONDS = 60
"""For how long one job deletes old rows, before others of its queue have their turn."""


@periodic("nightly", cron="17 3 * * *")
@in_app
@seeing_all(Reason.NIGHTLY)
def nightly(**_: int) -> None:
    """Draw the lots of credit, check the whole ledger, and delete what is old: expired sessions, handled events, past
    counters, ended holds, messages that have left. Encrypt with the newest key what an older one encrypted. If one
    step fails, the others still run."""
    steps: list[Callable[[], object]] = [
        catching_up.draw_all,
        _check_ledger,
        _delete_expired_sessions,
        stored_responses.delete_expired,
        _follow_rent,
        _maintain_partitions,
        _remove_old_rejections,
        lambda: hours.delete_old(utc_now()),
        review.delete_old,
        reconciliation.delete_old,
        rate_limits.delete_expired,
        switches.delete_unconfirmed,
        job_status.delete_old,
        _delete_old_rows,
        _reencrypt_secrets,
    ]
    if each_alone("nightly", steps, lambda step: step(), seconds=_NIGHTLY_SECONDS):
        raise RuntimeError("A part of the nightly work failed: see the log.")


@periodic("delete_expired_answers", cron="47 * * * *")
@in_app
@seeing_all(Reason.NIGHTLY)
def delete_expired_answers(**_: int) -> None:
    """Every hour, delete stored answers that have expired: there is one for each request with a key."""
    stored_responses.delete_expired()


@task("delete_old_rows")
@in_app
@seeing_all(Reason.NIGHTLY)
def delete_old_rows(first: str, last: str) -> None:
    """Delete old rows of the organizations from `first` to `last`, for a minute; another job carries on behind those
    that wait meanwhile. Several workers do several parts at the same time."""
    settings: Settings = current_app.config["SETTINGS"]
    rest = retention.delete_old(
        retention.Kept.of(settings), first=UUID(first), last=UUID(last), seconds=_PART_SECONDS
    )
    if rest is not None:
        with transaction():
            enqueue("delete_old_rows", first=str(rest), last=last)


@task("note_failed_sign_in")
@in_app
@seeing_all(Reason.PEOPLE)
def note_failed_sign_in(email: str, address: str | None, attempts: int, entry_id: str) -> None:
    """Record failed attempts to sign in, in the audit trail of each organization of the account, if there is one."""
    with transaction():
        own_trail.note_failed_sign_in(email, address, attempts, UUID(entry_id))


def _check_ledger() -> None:
    findings = verification.check()
    for finding in findings:
        log.error("ledger_differs", organization=finding.organization, finding=finding.text)
    metrics.LEDGER_CHECKED_AT.set_to_current_time()
    metrics.LEDGER_DIFFERENCES.set(len(findings))
    log.info("ledger_checked", differences=len(findings))


def _follow_rent() -> None:
    """A version of the catalog may have come into force, with other rates."""
    one_by_one("follow_rent", number_rent.find_followers(), number_rent.follow, seconds=_NIGHTLY_SECONDS)


def _delete_expired_sessions() -> None:
    with transaction():
        sessions.delete_expired(session_limits())
        operator_sessions.delete_expired()
        pending_sign_ins.delete_expired()
        challenges.delete_expired()
        used_tokens.delete_expired()
        visits.delete_expired()


def _reencrypt_secrets() -> None:
    outcome = reencryption.reencrypt()
    if outcome.renewed or outcome.unreadable:
        log.info("secrets_reencrypted", renewed=outcome.renewed, unreadable=outcome.unreadable)


def _maintain_partitions() -> None:
    usage_retention.maintain_partitions(
        utc_now(), months_kept=current_app.config["SETTINGS"].usage_months_kept
    )


def _delete_old_rows() -> None:
    """Enqueue a job for each part of the organizations, unless those of an earlier night are still at it."""
    if job_status.is_open("delete_old_rows"):
        log.warning("old_rows_still_being_deleted")
        return
    with transaction():
        for first, last in retention.parts():
            enqueue("delete_old_rows", first=str(first), last=str(last))


def _remove_old_rejections() -> None:
    rejections.remove_old(utc_now(), days_kept=current_app.config["SETTINGS"].rejected_days_kept)
