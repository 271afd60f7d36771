"""`flask organization` and `flask user`: create organizations and manage their people."""

from __future__ import annotations

import click
from flask import current_app, url_for

from app.billing import audit, catalog
from app.billing.mail.recipients import recipients_of
from app.cli.context import for_operators
from app.models import Organization, Role
from app.people import invitations, memberships, organizations, password_links
from app.people.factors import reset
from app.people.organizations import PeopleError
from app.transaction import transaction


@click.group()
def organization() -> None:
    """Organizations."""


@click.group()
def user() -> None:
    """People."""


@organization.command("create")
@click.argument("name")
@click.option("--slug", help="Short name for commands; derived from the name by default.")
@click.option(
    "--timezone",
    default="UTC",
    show_default=True,
    help="Such as America/New_York. Billing days are days in this time zone.",
)
@for_operators
def create(name: str, slug: str | None, timezone: str) -> None:
    """Create an organization with an empty wallet."""
    current = catalog.current()
    try:
        with transaction():
            made = organizations.create_organization(
                name,
                slug=slug,
                currency=current.currency,
                timezone=timezone,
                low_threshold=current.low_threshold,
            )
            audit.record(made.id, audit.OPERATOR, "organization.created", made.slug)
    except PeopleError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Created {made.name}. Invite its owner: flask user invite --organization {made.slug} EMAIL")


@organization.command("recipients")
@click.argument("slug")
@click.argument("emails", nargs=-1)
@click.option(
    "--owners", is_flag=True, help="Send the emails to the owners again, instead of named recipients."
)
@for_operators
def recipients(slug: str, emails: tuple[str, ...], owners: bool) -> None:
    """Set who gets an organization's billing emails. Without EMAILS, show the current recipients."""
    if emails and owners:
        raise click.ClickException("Give addresses or --owners, not both.")
    try:
        found = organizations.find_organization(slug)
        if emails or owners:
            with transaction():
                organizations.set_billing_emails(found, emails, audit.OPERATOR)
    except PeopleError as error:
        raise click.ClickException(str(error)) from error
    whose = "named" if found.billing_emails else "owners"
    click.echo(f"Billing emails of {found.name} go to ({whose}): {_recipient_list(found)}")


@user.command()
@click.argument("email")
@click.option("--organization", "slug", required=True, help="The organization's short name.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.ORG_ADMIN.value,
    show_default=True,
)
@click.option("--name", default="", help="The person's name.")
@for_operators
def invite(email: str, slug: str, role: str, name: str) -> None:
    """Invite a person to a role in an organization, and print the invitation link.

    Existing members get the new role immediately. People without an account choose a password with the link.
    """
    try:
        with transaction():
            found = organizations.locked(organizations.find_organization(slug).id)
            address = organizations.checked_address(email)
            known = memberships.people_of(found.id).get(address.lower())
            if known is not None and known.password_hash is not None:
                memberships.assign_role(found, known, Role(role), audit.OPERATOR)
                link = None
            else:
                link = invitations.invite(found, address, role=Role(role), actor=audit.OPERATOR, name=name)
    except PeopleError as error:
        raise click.ClickException(str(error)) from error
    if link is None:
        click.echo(f"{address} is {role} of {found.name}.")
        return
    with current_app.test_request_context():
        path = url_for("auth.invitation", token=link.token)
    click.echo(f"{address} is invited to be {role} of {found.name}.")
    click.echo(
        f"Send them this link, valid for {invitations.VALID_FOR.days} days: "
        f"{current_app.config['SETTINGS'].public_url}{path}"
    )


@user.command()
@click.argument("email")
@click.option("--organization", "slug", required=True, help="The organization's short name.")
@for_operators
def remove(email: str, slug: str) -> None:
    """Remove a person's role in an organization, along with invitations and billing emails."""
    try:
        with transaction():
            found = organizations.locked(organizations.find_organization(slug).id)
            person = memberships.people_of(found.id).get(email.strip().lower())
            if person is None and invitations.find_open(found.id, email) is None:
                raise click.ClickException(f"{email!r} has no role in {found.name} and no open invitation.")
            invitations.withdraw(found.id, [email], audit.OPERATOR)
            if person is not None:
                memberships.remove(found, person, audit.OPERATOR)
    except PeopleError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{email} has no role in {found.name}. Its billing emails go to: {_recipient_list(found)}")


@user.command("reset-password")
@click.argument("email")
@for_operators
def reset_password(email: str) -> None:
    """Email a person a link to choose a new password. The link is not shown here."""
    person = organizations.find_user(email)
    if person is None:
        raise click.ClickException(f"No one has the email address {email!r}.")
    try:
        with transaction():
            password_links.mail_to(person, audit.OPERATOR)
    except PeopleError as error:
        raise click.ClickException(str(error)) from error
    hours = password_links.VALID_FOR.seconds // 3600
    click.echo(f"A link, valid for {hours} hours, is on its way to {person.email}.")
    click.echo("`flask mail list` shows whether it was sent.")


@user.command("reset-second-factor")
@click.argument("email")
@for_operators
def reset_second_factor(email: str) -> None:
    """Remove all of a person's passkeys, their authenticator app and recovery codes, and sign them out everywhere.

    Their password is enough to sign in until they set up a new factor: first make sure who is asking.
    """
    person = organizations.find_user(email)
    if person is None:
        raise click.ClickException(f"No one has the email address {email!r}.")
    with transaction():
        is_done = reset.by_operator(person, audit.OPERATOR)
    if not is_done:
        raise click.ClickException(f"{person.email} has no second factor.")
    click.echo(
        f"The second factor of {person.email} was reset. They are notified by email, and it's in each audit trail."
    )


def _recipient_list(organization: Organization) -> str:
    return ", ".join(recipients_of(organization)) or "no one: it has no owner yet"
