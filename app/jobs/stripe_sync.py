"""Tasks that bring Stripe in line with us, and us with Stripe."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from app import reconciliation
from app.billing.cards import default_sync, removal
from app.billing.customers import stripe_sync
from app.database.locks import AlreadyRunningError
from app.models.scope import Reason, seeing_all
from app.work.tasks import for_organization, in_app, periodic, task


@task("detach_card")
@for_organization
def detach_card(org_id: str, card_id: str) -> None:
    """Detach a card at Stripe that was removed here."""
    removal.finish_removal(UUID(org_id), UUID(card_id))


@task("tell_default_card")
@for_organization
def sync_default_card(org_id: str) -> None:
    """Sync the default card to Stripe, which charges the plan to it."""
    default_sync.sync_to_stripe(UUID(org_id))


@task("tell_billing_details")
@for_organization
def sync_billing_details(org_id: str) -> None:
    """Sync the billing details to Stripe, for its invoices."""
    stripe_sync.sync_to_stripe(UUID(org_id))


@task("read_customer")
@for_organization
def read_customer(org_id: str) -> None:
    """Record everything that Stripe has of a customer that wasn't known here."""
    reconciliation.read_customer(UUID(org_id))


@periodic("reconcile", cron="23 * * * *")
@in_app
@seeing_all(Reason.RECONCILIATION)
def reconcile(**_: object) -> None:
    """Reconcile with Stripe, unless a run is already in progress."""
    with suppress(AlreadyRunningError):
        reconciliation.run()
