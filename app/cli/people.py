"""`flask organization create` and `flask user invite`: a real first start."""

from __future__ import annotations

import click
from flask import current_app, url_for
from flask.cli import with_appcontext

from app.billing import audit, catalog
from app.billing.recipients import recipients_of
from app.extensions import db
from app.models import Role, User
from app.people import invitations, organizations
from app.people.organizations import PeopleError


@click.group()
def organization() -> None:
    """Organizations."""


@click.group()
def user() -> None:
    """People."""


@organization.command("create")
@click.argument("name")
@click.option("--slug", help="Short name for commands; made from the name by default.")
@click.option(
    "--timezone",
    default="UTC",
    show_default=True,
    help="Such as America/New_York: its days are the bill's days.",
)
@with_appcontext
def create(name: str, slug: str | None, timezone: str) -> None:
    """Make an organization with an empty wallet."""
    shelf = catalog.current()
    try:
        made = organizations.create_organization(
            name, slug=slug, currency=shelf.currency, timezone=timezone, low_threshold=shelf.low_threshold
        )
    except PeopleError as error:
        raise click.ClickException(str(error)) from error
    audit.note(made.id, audit.OPERATOR, "organization.created", made.slug)
    db.session.commit()
    click.echo(f"Made {made.name}. Invite its owner: flask user invite --organization {made.slug} EMAIL")


@organization.command("recipients")
@click.argument("slug")
@click.argument("emails", nargs=-1)
@click.option("--owners", is_flag=True, help="Let its owners get the mails, as long as nobody else is named.")
@with_appcontext
def recipients(slug: str, emails: tuple[str, ...], owners: bool) -> None:
    """Say who gets an organization's mails about money: those named, instead of who did. Without names: show them."""
    if emails and owners:
        raise click.ClickException("Name addresses or say --owners, not both.")
    try:
        found = organizations.find_organization(slug)
        if emails or owners:
            organizations.set_billing_emails(found, emails)
            audit.note(found.id, audit.OPERATOR, "organization.recipients_set", slug, emails=list(emails))
            db.session.commit()
    except PeopleError as error:
        raise click.ClickException(str(error)) from error
    whose = "named" if found.billing_emails else "owners"
    addresses = ", ".join(recipients_of(found)) or "nobody: it has no owner yet"
    click.echo(f"Mails about the money of {found.name} go to ({whose}): {addresses}")


@user.command()
@click.argument("email")
@click.option("--organization", "slug", required=True, help="The organization's short name.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.ORG_ADMIN.value,
    show_default=True,
)
@click.option("--name", default="", help="How the person is called.")
@with_appcontext
def invite(email: str, slug: str, role: str, name: str) -> None:
    """Give a person a role in an organization, and print the link by which they choose a password."""
    try:
        found = organizations.find_organization(slug)
        person = organizations.add_person(email, name=name, organization=found, role=Role(role))
    except PeopleError as error:
        raise click.ClickException(str(error)) from error
    audit.note(found.id, audit.OPERATOR, "user.invited", person.email, role=role)
    db.session.commit()
    click.echo(f"{person.email} is {role} of {found.name}.")
    if person.password_hash is None:
        click.echo(f"Send them this link, valid for {invitations.VALID_FOR.days} days: {_link(person)}")


@user.command("reset-password")
@click.argument("email")
@with_appcontext
def reset_password(email: str) -> None:
    """Print a link by which a person chooses a new password."""
    person = organizations.find_user(email)
    if person is None:
        raise click.ClickException(f"Nobody has the e-mail address {email!r}.")
    click.echo(f"Send them this link, valid for {invitations.VALID_FOR.days} days: {_link(person)}")


def _link(person: User) -> str:
    settings = current_app.config["SETTINGS"]
    token = invitations.token_for(person, settings.secret_key)
    with current_app.test_request_context():
        return f"{settings.public_url}{url_for('auth.set_password', token=token)}"
