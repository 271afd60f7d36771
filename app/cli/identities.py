"""`flask user disconnect-identity`: what an identity provider or the shell opened is closed."""

from __future__ import annotations

import click

from app.billing import audit
from app.cli.context import for_operators
from app.cli.people import user
from app.people import organizations
from app.people.external import disconnection
from app.transaction import transaction


@user.command("disconnect-identity")
@click.argument("email")
@for_operators
def disconnect_identity(email: str) -> None:
    """Disconnect a person from the identity provider and from the shell, with the roles that these gave, and end the
    sessions that began there.

    Someone without a password or a second factor is connected again when they next come from there: have those who
    run it take the role away first.
    """
    person = organizations.find_user(email)
    if person is None:
        raise click.ClickException(f"No one has the email address {email!r}.")
    with transaction():
        names = disconnection.by_operator(person, audit.OPERATOR)
        is_shut_out = disconnection.is_only_way(person)
    if not names:
        raise click.ClickException(f"{person.email} isn't connected to an identity provider.")
    click.echo(f"{person.email} is disconnected from {', '.join(names)}. They are notified by email.")
    if is_shut_out:
        click.echo("They have no password and no passkey. Invite them, or let them come from there again.")
