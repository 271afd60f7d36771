"""Emails to operators about findings: when found, each day while open, and when resolved."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import structlog
from flask import current_app

from app import notify
from app.clock import utc_now
from app.ids import uuid7
from app.models import Finding
from app.notify.mime import Written, message
from app.notify.transport import RefusedError
from app.reconciliation import findings
from app.transaction import end_reading, transaction

log = structlog.get_logger("billing.reconciliation")


def send() -> int:
    """Email pending findings to all of `OPERATORS_EMAIL`; returns how many. Commits.

    If a killed process has to repeat this, someone gets it twice rather than never. Raises `AwayError`.
    """
    there, gone = findings.pending_notifications()
    addresses = current_app.config["SETTINGS"].operators_email
    told = {one.object: one.text for one in (*there, *gone)}
    if not told or not addresses:
        return 0
    words, thing = written(there, gone), f"findings-{uuid7()}"
    end_reading()
    with notify.transport().connect() as connection:
        for address in addresses:
            mail = message(words, sender=notify.sender(), to=address, thing=thing, at=utc_now())
            try:
                connection.send(mail, to=address)
            except RefusedError as error:
                log.error("operators_mail_refused", reason=str(error))
    with transaction():
        findings.mark_notified(told)
    log.info("operators_told", findings=len(there), gone=len(gone))
    return len(told)


def written(there: Sequence[Finding], gone: Sequence[Finding]) -> Written:
    """The email's text."""
    subject = _subject(len(there), len(gone))
    parts = [
        ("Needs attention at Stripe", [one.text for one in there]),
        ("Resolved", [one.text for one in gone]),
    ]
    after = (
        "`flask stripe findings` lists what is open. `flask stripe accept ID` stops emails about one of them."
    )
    shown = [(title, texts) for title, texts in parts if texts]
    text = "\n\n".join("\n".join([title, *(f"- {each}" for each in texts)]) for title, texts in shown)
    html = "".join(
        f"<h2>{title}</h2><ul>{''.join(f'<li>{escape(each)}</li>' for each in texts)}</ul>"
        for title, texts in shown
    )
    return Written(
        subject,
        f"{text}\n\n{after}\n",
        f'<!doctype html><html lang="en"><body>{html}<p>{after}</p></body></html>',
        "en",
    )


def _subject(there: int, gone: int) -> str:
    if there:
        return f"Billing: {there} {'finding' if there == 1 else 'findings'} at Stripe to look at"
    return f"Billing: {gone} {'finding' if gone == 1 else 'findings'} at Stripe resolved"
