"""Who is billed, and who gets email about money: saved, counted by versions, and synced to Stripe by a job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from app.billing import audit
from app.billing.audit import Actor
from app.billing.customers import documents, queries, recipient_changes, stripe_sync, validation
from app.billing.customers.validation import Details
from app.billing.wallet import ledger
from app.extensions import db
from app.models import BillingDetails, Organization


class ChangedMeanwhileError(Exception):
    """Someone saved other details since these were shown."""


def save(organization: Organization, wanted: Details, version: int, actor: Actor) -> None:
    """Save details that were edited from `version`; a job syncs them to Stripe. In the caller's transaction.

    Raises `DetailsError` with everything that is wrong, and `ChangedMeanwhileError`.
    """
    checked = validation.check(wanted)
    _lock(organization)
    row = queries.find_row(organization.id)
    if (row.version if row else 0) != version:
        raise ChangedMeanwhileError
    documents.snapshot_on_statements(organization)
    if row is None:
        row = BillingDetails(org_id=organization.id, version=0)
        db.session.add(row)
    before = queries.gather(organization)[0] if row.version else Details()
    recipients_before = list(organization.billing_emails)
    for name, value in asdict(checked).items():
        if name != "emails":
            setattr(row, name, value)
    row.version += 1
    organization.billing_emails = list(checked.emails)
    changed = sorted(name for name, value in asdict(checked).items() if asdict(before)[name] != value)
    audit.record(organization.id, actor, "billing_details.changed", str(organization.id), fields=changed)
    recipient_changes.record(organization, recipients_before, actor, version=row.version)
    stripe_sync.enqueue_sync(organization.id)
    db.session.flush()


def set_recipients(organization: Organization, emails: Sequence[str], actor: Actor) -> None:
    """Set the billing email recipients. In the caller's transaction."""
    _lock(organization)
    if list(emails) != organization.billing_emails:
        _change(organization, emails, actor)


def remove_recipient(organization: Organization, email: str, actor: Actor) -> None:
    """Remove a billing email recipient who lost their role. In the caller's transaction.

    If only owners receive it, Stripe's customer may still have their address: a job syncs in any case.
    """
    _lock(organization)
    left = [one for one in organization.billing_emails if one.lower() != email.lower()]
    if left != organization.billing_emails or organization.stripe_customer_id is not None:
        _change(organization, left, actor)


def _lock(organization: Organization) -> None:
    """Lock the organization, then its wallet: always in this order when recipients change."""
    db.session.flush()
    db.session.refresh(organization, with_for_update={"key_share": True})
    ledger.lock(organization.id)


def _change(organization: Organization, emails: Sequence[str], actor: Actor) -> None:
    """Change the recipients, count it, so that an open form can't restore the old ones, and sync to Stripe."""
    before = list(organization.billing_emails)
    organization.billing_emails = list(emails)
    row = queries.find_row(organization.id)
    if row is None:
        row = BillingDetails(org_id=organization.id, version=0)
        db.session.add(row)
    row.version += 1
    recipient_changes.record(organization, before, actor, version=row.version)
    db.session.flush()
    stripe_sync.enqueue_sync(organization.id)
