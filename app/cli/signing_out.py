"""`flask user sign-out`: end the sessions of one person, or of everyone."""

from __future__ import annotations

import click

from app.billing import audit
from app.cli.context import for_operators
from app.cli.people import user
from app.people import organizations, signing_out
from app.transaction import transaction


@user.command("sign-out")
@click.argument("email", required=False)
@click.option("--everyone", is_flag=True, help="Sign out all people, instead of one.")
@for_operators
def sign_out(email: str | None, everyone: bool) -> None:
    """Sign a person out everywhere, with their browsers' next request. They can sign in again.

    Where the password may be known to someone else, `flask user reset-password` as well.
    """
    if bool(email) is everyone:
        raise click.ClickException("Give an email address or --everyone.")
    if email is None:
        with transaction():
            count = signing_out.sign_out_everyone(audit.OPERATOR)
        click.echo(f"Everyone is signed out: {count} people.")
        return
    person = organizations.find_user(email)
    if person is None:
        raise click.ClickException(f"No one has the email address {email!r}.")
    with transaction():
        count = signing_out.sign_out(person, audit.OPERATOR)
    click.echo(f"{person.email} is signed out in {count} browsers.")
