"""`flask mail`: emails to billing recipients, failed ones, and retrying those."""

from __future__ import annotations

from uuid import UUID

import click

from app import notify
from app.billing.mail import outbox
from app.billing.mail.outbox import MailNotFoundError
from app.cli.context import for_operators
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import Mail, Organization
from app.notify.mime import Written, message
from app.notify.transport import RefusedError, UnavailableError
from app.operators import again
from app.operators.trail import BY_COMMAND, COMMAND, ReasonError, checked_reason
from app.people import organizations
from app.people.organizations import PeopleError
from app.transaction import transaction


@click.group()
def mail() -> None:
    """Emails to billing recipients."""


@mail.command("list")
@click.option(
    "--failed", is_flag=True, help="Only failed emails, and those that a recipient's server rejected."
)
@click.option("--organization", "slug", help="Only this organization's (short name).")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@for_operators
def list_mails(failed: bool, slug: str | None, limit: int) -> None:
    """List emails, newest first: time, organization, state, subject, and error."""
    try:
        org_id = organizations.find_organization(slug).id if slug else None
    except PeopleError as error:
        raise click.ClickException(str(error)) from error
    found = outbox.newest(limit=limit, failed=failed, org_id=org_id)
    for one in found:
        click.echo(_line(one))
    if not found:
        click.echo("No failed emails." if failed else "No emails yet.")


@mail.command()
@click.argument("mail_id", required=False, type=click.UUID)
@click.option("--all-failed", is_flag=True, help="Every email that `flask mail list --failed` shows.")
@click.option("--reason", default=BY_COMMAND, show_default=True, help="Why. Owners read it in their history.")
@for_operators
def retry(mail_id: UUID | None, all_failed: bool, reason: str) -> None:
    """Resend an email to recipients who haven't received it. MAIL_ID is its id in the list."""
    if (mail_id is None) == (not all_failed):
        raise click.ClickException("Give the id of one email, or use --all-failed.")
    try:
        why = checked_reason(reason)
        chosen = [outbox.find(mail_id)] if mail_id else outbox.newest(limit=1000, failed=True)
    except ReasonError as error:
        raise click.ClickException(str(error)) from error
    except MailNotFoundError as error:
        raise click.ClickException(f"No email {mail_id}. See `flask mail list`.") from error
    with transaction():
        for one in chosen:
            again.resend_email(one, COMMAND, why)
    click.echo(f"{len(chosen)} queued to be sent again.")


@mail.command()
@click.argument("address")
@for_operators
def test(address: str) -> None:
    """Send a test email to your own address, to check SMTP_URL and MAIL_FROM."""
    words = "Email from Voice Portal Billing works."
    try:
        made = message(
            Written("Test email from Voice Portal Billing", f"{words}\n", f"<p>{words}</p>\n", "en"),
            sender=notify.sender(),
            to=address,
            thing=str(uuid7()),
            at=utc_now(),
        )
        with notify.transport().connect() as connection:
            connection.send(made, to=address)
    except (RefusedError, UnavailableError, ValueError) as error:
        raise click.ClickException(f"Not sent: {error}") from error
    click.echo(f"Sent to {address}.")


def _line(one: Mail) -> str:
    organization = db.session.get_one(Organization, one.org_id)
    refused = "; ".join(f"{address} rejected: {reason}" for address, reason in one.refused.items())
    parts = [
        f"{one.created_at:%Y-%m-%d %H:%M}",
        str(one.id),
        organization.slug,
        one.state.value,
        one.subject or one.kind,
        one.note or "",
        refused,
    ]
    return "  ".join(part for part in parts if part)
